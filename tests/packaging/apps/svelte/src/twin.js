import { createTwin } from "pixel-twin";

export const twin = createTwin({ pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true });
