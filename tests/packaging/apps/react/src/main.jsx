// Built for development, where strict mode runs every effect twice.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { TwinProvider } from "pixel-twin/react";
import { Effects } from "./Effects.jsx";
import { ThankYou } from "./ThankYou.jsx";

const options = { pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true, debug: import.meta.env.DEV };

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <TwinProvider options={options}>
      <ThankYou orderId={new URLSearchParams(location.search).get("order")} />
      <Effects />
    </TwinProvider>
  </StrictMode>,
);
