import { createTwin } from "../../../dist/index.js";
const twin = await createTwin({ pixelId: "1234567890", endpoint: "/twin/events" });
twin.track("Purchase", { value: 100, currency: "USD" }, { orderId: "12345", user: { em: "a@b.co" } });
