import { RudderAnalytics } from "@rudderstack/analytics-js";
const analytics = new RudderAnalytics();
analytics.load("key", "https://data.shop.example");
analytics.track("Order Completed", { order_id: "12345", revenue: 100, currency: "USD" });
