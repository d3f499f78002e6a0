// What Slowkiln sells. Prices are whole cents, so that sums stay exact.

/**
 * @typedef {object} Product
 * @property {string} sku
 * @property {string} name
 * @property {string} category
 * @property {number} price_cents
 * @property {string} line one sentence for the listing
 * @property {string} story a paragraph for the product page
 * @property {[label: string, text: string][]} details
 * @property {'sand' | 'sage' | 'sky' | 'rose'} tint colour of the arch behind the drawing
 * @property {string} art what the drawing shows, for those who cannot see it
 */

export const CURRENCY = 'USD';

/** @type {Product[]} */
export const PRODUCTS = [
  {
    sku: 'mug', name: 'Morning mug', category: 'Stoneware', price_cents: 2800, tint: 'sand',
    line: 'A heavy foot, a thin lip, room for two fingers.',
    story: 'Thrown a little wider than it needs to be, so the first cup cools before the second thought. The glaze breaks to bare clay at the rim, where your lip finds it.',
    details: [['Holds', '330 ml'], ['Fired', '1,240 °C, reduction'], ['Care', 'Dishwasher, microwave']],
    art: 'A speckled mug with a blue glaze running down from the rim',
  },
  {
    sku: 'teapot', name: 'Round teapot', category: 'Stoneware', price_cents: 8650, tint: 'sage',
    line: 'Pours without a drop going astray.',
    story: 'The spout is cut sharp and set high, the lid seats with a quarter turn, and the strainer is pierced into the wall by hand: forty-one holes, counted every time.',
    details: [['Holds', '700 ml, four small cups'], ['Handle', 'Ash, steam-bent'], ['Care', 'Rinse, let dry open']],
    art: 'A round terracotta teapot with a wooden handle',
  },
  {
    sku: 'cups', name: 'Tasting cups, a pair', category: 'Stoneware', price_cents: 3450, tint: 'rose',
    line: 'No handles. When you can hold it, you can drink it.',
    story: 'Two cups from the same lump of clay, fired at opposite ends of the kiln. They are the same shape and never the same colour.',
    details: [['Holds', '110 ml each'], ['Sold', 'As a pair'], ['Care', 'Dishwasher']],
    art: 'Two small stacked cups without handles, one blue, one cream',
  },
  {
    sku: 'bowl', name: 'Whisking bowl', category: 'Stoneware', price_cents: 4200, tint: 'sky',
    line: 'Wide enough for a whisk and an unhurried wrist.',
    story: 'Turned on a slow wheel, with a spiral left in the floor to catch the froth. Warm it first; it stays warm for three pieces of music.',
    details: [['Across', '12.5 cm'], ['Glaze', 'Moss, matt'], ['Care', 'By hand']],
    art: 'A moss green bowl with a bamboo whisk resting against it',
  },
  {
    sku: 'sencha', name: 'Sencha, first harvest', category: 'Tea', price_cents: 1990, tint: 'sage',
    line: 'Spring grass, a little sea. Forgiving at 70 °C.',
    story: 'Picked in the last days of April and steamed the same evening. Cut grass, green almond, and a sweetness that arrives when you have stopped looking for it.',
    details: [['Contents', '80 g in a tin'], ['Brew', '70 °C, 60 seconds'], ['Good for', 'Three infusions']],
    art: 'A green tea tin with a paper band and a leaf on it',
  },
  {
    sku: 'oolong', name: 'Charcoal oolong', category: 'Tea', price_cents: 1790, tint: 'sand',
    line: 'Roasted three times over a low fire.',
    story: 'Rolled tight, roasted, rested for a month, and roasted twice more. Toast, plum skin and warm stone; the leaves open over an hour like something remembered.',
    details: [['Contents', '75 g in a pouch'], ['Brew', '95 °C, 30 seconds'], ['Good for', 'Six infusions']],
    art: 'A brown paper pouch of tea with rolled leaves in front',
  },
  {
    sku: 'vase', name: 'One-stem vase', category: 'Stoneware', price_cents: 5400, tint: 'rose',
    line: 'For the branch you picked up on the way home.',
    story: 'A narrow neck over a round belly, so one stem stands as if it had meant to. Unglazed below the shoulder, for the hand.',
    details: [['Height', '19 cm'], ['Clay', 'Black, from the second bank'], ['Care', 'Watertight']],
    art: 'A dark round vase holding a single flowering branch',
  },
  {
    sku: 'tee', name: 'Potter’s tee', category: 'Workshop', price_cents: 3200, tint: 'sky',
    line: 'Heavy cotton, clay coloured. Hides the evidence.',
    story: 'The shirt we wear at the wheel: boxy, thick, long enough to wipe a rib on. Dyed with the same iron that colours the teapot.',
    details: [['Fabric', 'Organic cotton, 240 g/m²'], ['Fit', 'Boxy, one size up is generous'], ['Care', 'Wash at 40 °C']],
    art: 'A clay coloured T-shirt with a small kiln arch on the chest',
  },
];

const BY_SKU = new Map(PRODUCTS.map((product) => [product.sku, product]));

/** @param {string} sku */
export function findProduct(sku) {
  return BY_SKU.get(sku);
}

/** @param {number} cents */
export function money(cents) {
  return `$${(cents / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')}`;
}
