// Every standard event with its parameters; what Meta would refuse does not compile.
import { createTwin, type EventName, type EventParams, type ParamsOf, type StandardEvent } from "pixel-twin";

const twin = await createTwin({ pixelId: "1234567890" });

// Each event that the editor offers, by name: one that is missing here or there is an error.
const samples: { [Name in StandardEvent]: ParamsOf<Name> } = {
  AddPaymentInfo: { value: 10, currency: "USD", content_ids: ["teapot"] },
  AddToCart: { value: 10, currency: "USD", contents: [{ id: "teapot", quantity: 1, item_price: 10 }], content_type: "product" },
  AddToWishlist: { content_name: "Teapot", content_category: "Kitchen", content_ids: ["teapot"], value: "9.50", currency: "EUR" },
  CompleteRegistration: { status: true, value: 0, currency: "USD" },
  Contact: {},
  CustomizeProduct: {},
  Donate: { value: 5, currency: "USD" },
  FindLocation: {},
  InitiateCheckout: { num_items: 2, value: 20, currency: "USD", content_ids: ["teapot", 17] },
  Lead: { content_name: "Newsletter", value: 1, currency: "USD" },
  PageView: {},
  Purchase: { value: 100, currency: "USD", contents: [{ id: 17, delivery_category: "home_delivery" }], order_id: "12345", net_revenue: 80 },
  Schedule: {},
  Search: { search_string: "teapot", content_ids: ["teapot"] },
  StartTrial: { value: 0, currency: "USD", predicted_ltv: 120 },
  SubmitApplication: {},
  Subscribe: { value: 9, currency: "USD", predicted_ltv: 108 },
  ViewContent: { content_ids: ["teapot"], content_type: "product_group", delivery_category: "in_store" },
};

for (const name of Object.keys(samples) as StandardEvent[]) {
  const id: string = twin.track(name, samples[name]);
  id.length;
}

// Custom events and custom parameters.
const custom: EventName = "TeapotFilled";
twin.track(custom, { liters: 1.5 });
twin.track("Lead", null, { eventId: "mine", orderId: 12345, routing: "server", user: { em: "a@b.co" } });

twin.track("Purchase", { value: 100, currency: "USD" });
// @ts-expect-error Meta refuses a Purchase without value
twin.track("Purchase", { currency: "USD" });
// @ts-expect-error and without currency
twin.track("Purchase", { value: 100 });
// @ts-expect-error a currency is text
twin.track("Lead", { currency: 1 });
// @ts-expect-error Meta knows two types of content
twin.track("ViewContent", { content_type: "teapot" });
// @ts-expect-error Meta refuses the event for an unknown key of an item
twin.track("AddToCart", { contents: [{ id: "teapot", colour: "blue" }] });
// @ts-expect-error an item has an id
twin.track("AddToCart", { contents: [{ quantity: 1 }] });
// @ts-expect-error ids are a list
twin.track("AddToCart", { content_ids: "teapot" });
// @ts-expect-error an unknown option
twin.track("Lead", {}, { event_id: "mine" });
// @ts-expect-error an unknown way
twin.track("Lead", {}, { routing: "browser" });
// @ts-expect-error an event has a name
twin.track();

const params: EventParams = { value: 1 };
// @ts-expect-error a custom parameter may be anything, so it has to be looked at before it is used
params["liters"].toFixed();
