import { newTracker, trackStructEvent } from "@snowplow/browser-tracker";
newTracker("shop", "https://collector.shop.example");
trackStructEvent({ category: "shop", action: "purchase", label: "12345", property: "USD", value: 100 });
