// A page without a framework, whichever tool bundles it.
import { createTwin } from "pixel-twin";

const starting = createTwin({ pixelId: "1234567890", endpoint: "/twin/events", autoIdentify: true });

async function bought(orderId) {
  const twin = await starting;
  twin.track(
    "Purchase",
    { value: 100, currency: "USD", content_ids: ["teapot"] },
    { orderId, user: { em: "Name@Example.com", country: "Germany" } },
  );
}

async function subscribe(event) {
  event.preventDefault();
  const twin = await starting;
  twin.track("Lead");
}

bought(new URLSearchParams(location.search).get("order"));
document.querySelector("form").addEventListener("submit", subscribe);
