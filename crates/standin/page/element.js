// Making elements. Everything from the wire becomes text here, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** `make('p.muted', { id: 'x', hidden: true }, 'text', child)`; null and undefined children are left out. */
export function make(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  return fill(document.createElement(tag), classes, attributes, children);
}

/** The same for parts of a drawing. */
export function draw(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split('.');
  return fill(document.createElementNS(SVG, tag), classes, attributes, children);
}

function fill(element, classes, attributes, children) {
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** 14:05:09.123, local time. */
export function clock(ms) {
  const date = new Date(ms);
  const two = (number) => String(number).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** 360 ms, 4.2 s, 3 min 20 s, 5 h 2 min, 2 d 1 h. */
export function span(ms) {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  if (ms < second) return `${ms} ms`;
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  const two = (large, largeName, small, smallName) => {
    const rest = Math.floor((ms % large) / small);
    return `${Math.floor(ms / large)} ${largeName}${rest ? ` ${rest} ${smallName}` : ''}`;
  };
  if (ms < minute) return `${Math.round(ms / second)} s`;
  if (ms < hour) return two(minute, 'min', second, 's');
  if (ms < day) return two(hour, 'h', minute, 'min');
  return two(day, 'd', hour, 'h');
}
