// The customer's fields: exactly Meta's, whichever call takes them.
import { createTwin, type User, type UserField } from "pixel-twin";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
const fields: Same<UserField, "em" | "ph" | "fn" | "ln" | "ge" | "db" | "ct" | "st" | "zp" | "country" | "external_id"> = true;
fields satisfies true;

const twin = await createTwin({ pixelId: 1234567890 });

const user: User = { em: ["a@b.co", "c@d.co"], ph: "+1 650 555 0100", zp: 94025, country: null };
twin.identify(user);
twin.identify(null);
twin.track("Lead", {}, { user });
const hashed: string | null = twin.hash("em", "a@b.co");
hashed?.length;

// @ts-expect-error the field is called em
twin.identify({ email: "a@b.co" });
// @ts-expect-error also with an event
twin.track("Lead", {}, { user: { phone: "+1 650 555 0100" } });
// @ts-expect-error a value is text or a number
twin.identify({ em: { address: "a@b.co" } });
// @ts-expect-error an unknown field has no rule
twin.hash("email", "a@b.co");
// @ts-expect-error the hash may be null
twin.hash("em", "a@b.co").length;
