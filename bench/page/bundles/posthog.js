import posthog from "posthog-js";
posthog.init("key", { api_host: "https://data.shop.example" });
posthog.capture("purchase", { order_id: "12345", value: 100, currency: "USD" });
