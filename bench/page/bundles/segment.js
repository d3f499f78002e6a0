import { AnalyticsBrowser } from "@segment/analytics-next";
const analytics = AnalyticsBrowser.load({ writeKey: "key" });
analytics.track("Order Completed", { order_id: "12345", revenue: 100, currency: "USD" });
