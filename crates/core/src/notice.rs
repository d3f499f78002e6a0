//! What we tell the developer: a code and the place it speaks of. Texts live in one table here; the shipped Wasm
//! carries codes only, and `js/notices.ts` is written from the same table by the build.

use alloc::string::String;
use alloc::vec::Vec;

use crate::normalize::Field;

/// Something the developer should know, at a place: `EmInvalid` at `user.em`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is.
    pub code: Code,
    /// Where: an option, parameter or field path in the caller's own words, `user.em`, `contents[2].id`.
    pub field: String,
}

/// The notices of one call, in the order they came up.
#[derive(Debug, Default)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes one.
    pub fn push(&mut self, code: Code, field: &str) {
        self.0.push(Notice {
            code,
            field: String::from(field),
        });
    }

    /// Notes one before all others.
    pub fn push_first(&mut self, notice: Notice) {
        self.0.insert(0, notice);
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<Notice> {
        self.0
    }

    /// All of them, to look at.
    #[must_use]
    pub fn as_slice(&self) -> &[Notice] {
        &self.0
    }
}

impl Code {
    /// For a customer value that a field's rule refuses.
    #[must_use]
    pub fn invalid(field: Field) -> Self {
        const CODES: [Code; 11] = [
            Code::EmInvalid,
            Code::PhInvalid,
            Code::FnInvalid,
            Code::LnInvalid,
            Code::GeInvalid,
            Code::DbInvalid,
            Code::CtInvalid,
            Code::StInvalid,
            Code::ZpInvalid,
            Code::CountryInvalid,
            Code::ExternalIdInvalid,
        ];
        CODES
            .get(field as usize)
            .copied()
            .unwrap_or(Self::UserFieldUnknown)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $name:literal $text:literal)*) => {
        /// The closed list of what can be told. The number of a code is its place in [`Code::ALL`] and may change
        /// between versions; the name does not.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Code {
            $(#[doc = $text] $code,)*
        }

        #[cfg(feature = "relay")]
        impl Code {
            /// Every code, by number.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Its stable name, `em_invalid`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// One or two sentences: what was found and the fix. To be printed after the field.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }
    };
}

codes! {
    PixelIdMissing "pixel_id_missing" "no usable pixel id, so no Pixel event can be fired. Give pixelId (data-pixel-id), the digits that Events Manager shows."
    PixelIdInvalid "pixel_id_invalid" "not a pixel id, left out. A pixel id has digits only."
    EndpointInvalid "endpoint_invalid" "not an address to post to, so no server twin is sent. Give a path on this host (\"/twin/events\") or an https URL."
    OptionUnknown "option_unknown" "no such option, ignored. Check the spelling against the documentation of createTwin."
    OptionInvalid "option_invalid" "not a value that this option takes, so its default holds."
    AlreadyStarted "already_started" "createTwin was called before on this page; the first one stays in force and is returned."
    NameTaken "name_taken" "window.twin belongs to another script, so it was left alone and the page can't call the companion by it. Rename the other one, or use the npm module."
    EventNameInvalid "event_name_invalid" "an event needs a name of 1 to 50 printable characters; nothing was sent."
    ParamsInvalid "params_invalid" "the parameters of an event are an object; they were left out."
    OptionsInvalid "options_invalid" "the options of an event are an object with eventId, orderId, user or routing; they were left out."
    Unreadable "unreadable" "the value can't be read as data (a getter that throws, a cycle, too deep, too large, or a function, symbol or date without a time); it was left out."
    IdInvalid "id_invalid" "an id is text or a whole number, at most 255 characters, without control characters or an e-mail address; it was left out and another id made."
    UserFieldUnknown "user_field_unknown" "not a customer field that Meta knows, left out. The fields are em, ph, fn, ln, ge, db, ct, st, zp, country and external_id."
    EmInvalid "em_invalid" "not an e-mail address, left out. Give the plain address (\"name@example.com\") or its SHA-256."
    PhInvalid "ph_invalid" "no digits in the phone number, left out. Give it with its country code (\"+1 650 555 0100\")."
    FnInvalid "fn_invalid" "nothing left of the first name, left out."
    LnInvalid "ln_invalid" "nothing left of the last name, left out."
    GeInvalid "ge_invalid" "not a gender that Meta knows, left out. Give \"f\" or \"m\"."
    DbInvalid "db_invalid" "not a date of birth that can be read, left out. Give it as YYYYMMDD."
    CtInvalid "ct_invalid" "no city name in Latin letters, left out."
    StInvalid "st_invalid" "no state in Latin letters, left out. Give the two-letter code."
    ZpInvalid "zp_invalid" "too short for a postal code, left out."
    CountryInvalid "country_invalid" "no country in Latin letters, left out. Give the ISO code of two letters (\"us\")."
    ExternalIdInvalid "external_id_invalid" "the customer id is empty, left out."
    PhNational "ph_national" "the phone number seems to lack its country code, so Meta is unlikely to match it. Give it as \"+1 650 555 0100\"."
    CountryGuessed "country_guessed" "not a two-letter code, so the country was looked up by name and may be a wrong guess. Give the ISO code (\"us\")."
    CustomDataInvalid "custom_data_invalid" "not of the type that Meta takes for this parameter, left out."
    NumberInvalid "number_invalid" "not a number, left out. Give a number with a dot for decimals (12.5), no currency sign."
    CurrencyInvalid "currency_invalid" "not a currency, left out. Give the ISO 4217 code (\"USD\")."
    CurrencyMissing "currency_missing" "Meta refuses a Purchase without a currency from a server, so it has no server twin. Add currency, e.g. \"USD\"."
    ValueMissing "value_missing" "Meta refuses a Purchase without a value from a server, so it has no server twin. Add value, e.g. 12.5."
    ValueWithoutCurrency "value_without_currency" "a value without a currency means nothing to Meta; it was left out of the server event. Add currency, e.g. \"USD\"."
    ContentIdMissing "content_id_missing" "an item of contents needs an id; the item was left out."
    ContentKeyUnknown "content_key_unknown" "not a key that Meta takes inside contents, left out (Meta refuses the whole request for it). Use id, quantity, item_price, title, brand, category, description, delivery_category."
    ListMade "list_made" "Meta wants a list here; the single value was put into one."
    PersonalData "personal_data" "looks like personal data by its name or form (e-mail address, phone or card number), left out. Customer data belongs into the user option, where it is hashed."
    FbclidInvalid "fbclid_invalid" "the fbclid in the URL is longer than 500 characters or holds characters that no click id has; it was not used."
    WaitingFull "waiting_full" "too many events wait for consent; the oldest was dropped."
    StorageUnavailable "storage_unavailable" "the browser lets this page store nothing, so events that can't be delivered at once are lost with the page, and reloads can't be told apart."
    CookiesUnavailable "cookies_unavailable" "the browser lets this page set no cookie, so fbp and fbc do not last."
    FbqThrew "fbq_threw" "the page's fbq threw an error; the server twin is not affected."
    PartMissing "part_missing" "a file that belongs beside twin.js could not be loaded. Deploy it there, too."
    PlainBuild "plain_build" "the page's Content-Security-Policy forbids WebAssembly (or the browser has none), so the plain-JS build of the rules was loaded. Add 'wasm-unsafe-eval' to script-src to save that request."
    ScriptBlocked "script_blocked" "the page's Trusted Types do not let the companion load Meta's library, so no Pixel event goes; the server twin is not affected. Add pixel-twin and connect.facebook.net/fbevents to the page's trusted-types directive."
    EndpointBlocked "endpoint_blocked" "no answer: the line is down, something blocks the request, or the page's Content-Security-Policy forbids it (then add the endpoint to connect-src). Server events wait in this browser for up to seven days."
    Rejected "rejected" "the endpoint refused the event, and it was set aside. The status is given; the endpoint's answer says why."
    EventExpired "event_expired" "the event could not be delivered within seven days, Meta's limit, and was dropped."
    TooManyEvents "too_many_events" "more than 1,000 events in one body, Meta's limit. Post them in several."
    FieldMissing "field_missing" "required, but missing."
    FieldType "field_type" "not of the type that Meta takes here."
    FieldUnknown "field_unknown" "not a field of a Conversions API event; Meta refuses the whole request for it."
    EventTimeMilliseconds "event_time_milliseconds" "looks like milliseconds. event_time is Unix time in seconds."
    EventTimeTooOld "event_time_too_old" "older than seven days; Meta refuses the whole request for it."
    EventTimeFuture "event_time_future" "more than a day in the future."
    EventTimeClamped "event_time_clamped" "in the future by the relay's clock; set to the time of receipt."
    EventTimeCorrected "event_time_corrected" "the visitor's clock is more than five minutes off by the relay's; the time was corrected by the difference."
    EventIdInvalid "event_id_invalid" "an event_id is text of 1 to 255 characters without control characters."
    ActionSourceUnknown "action_source_unknown" "not an action_source. For a shop's page it is \"website\"."
    NotHashed "not_hashed" "must be SHA-256, 64 hex characters, of the normalized value. Raw customer data is not accepted; the value was not kept."
    UserDataUnknown "user_data_unknown" "not a user_data key that Meta knows. If it is customer data, hash it under em, ph, fn, ln, ge, db, ct, st, zp, country or external_id."
    FbpMalformed "fbp_malformed" "not an fbp (\"fb.1.1700000000000.123456789\"); it was left out."
    FbcMalformed "fbc_malformed" "not an fbc (\"fb.1.1700000000000.<fbclid>\"); it was left out."
    ValueImplausible "value_implausible" "more than an event of this shop can be worth (max_value in the relay's configuration)."
}
