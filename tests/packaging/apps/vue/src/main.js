import { twin } from "pixel-twin/vue";
import { createApp } from "vue";
import App from "./App.vue";

createApp(App).use(twin, { pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true }).mount("#app");
