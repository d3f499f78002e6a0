import builder from "meta-capi-param-builder-clientjs";
await builder.processAndCollectAllParams();
fetch("/events", { method: "POST", keepalive: true, body: JSON.stringify({ fbp: builder.getFbp(), fbc: builder.getFbc(), em: builder.getNormalizedAndHashedPII("a@b.co", "email"), value: 100, currency: "USD" }) });
