import { useTrack, useTwin } from "pixel-twin/react";

export function ThankYou({ orderId }) {
  useTrack(
    "Purchase",
    { value: 100, currency: "USD", content_ids: ["teapot"] },
    { orderId, user: { em: "Name@Example.com", country: "Germany" } },
  );
  // Without an order's number nothing but the hook keeps it from being sent twice.
  useTrack("ViewContent", { content_ids: ["saucer"] }, { routing: "both" });

  const twin = useTwin();
  const subscribe = async (event) => {
    event.preventDefault();
    (await twin).track("Lead");
  };
  return (
    <form onSubmit={subscribe}>
      <input type="email" name="email" aria-label="E-mail" />
      <button>Subscribe</button>
    </form>
  );
}
