// The endpoint that tutorials show: Express and Meta's Business SDK, one request to Meta per event, awaited.
import bizSdk from "facebook-nodejs-business-sdk";
import express from "express";

const { CustomData, EventRequest, FacebookAdsApi, ServerEvent, UserData } = bizSdk;
Object.defineProperty(FacebookAdsApi, "GRAPH", { get: () => process.env.GRAPH });
FacebookAdsApi.init("EAABbench");
const app = express();
app.use(express.json());
app.post("/twin/events", async (/** @type {any} */ request, /** @type {any} */ response) => {
  const events = request.body.data.map((/** @type {any} */ event) =>
    new ServerEvent()
      .setEventName(event.event_name)
      .setEventTime(event.event_time)
      .setEventId(event.event_id)
      .setActionSource(event.action_source)
      .setEventSourceUrl(event.event_source_url)
      .setUserData(new UserData().setEmail(event.user_data.em).setFbp(event.user_data.fbp).setClientIpAddress(request.ip).setClientUserAgent(request.get("user-agent") ?? "bench"))
      .setCustomData(new CustomData().setValue(event.custom_data.value).setCurrency(event.custom_data.currency)),
  );
  try {
    await new EventRequest("EAABbench", "1234567890").setEvents(events).execute();
    response.sendStatus(202);
  } catch {
    response.sendStatus(502);
  }
});
app.listen(process.env.PORT, "127.0.0.1", () => console.log("ready"));
