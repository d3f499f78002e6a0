//! The lists of names and codes that Meta knows. The browser has them in a file of its own, `js/names.ts`, written from here by
//! the build and loaded by a page that needs one of them, see [`Platform::names`](crate::platform::Platform::names).

use crate::normalize::{COUNTRIES, GENDERS, STATES};

/// The currencies in use, ISO 4217.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP \
    BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP \
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD \
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR \
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC \
    SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF \
    XPF YER ZAR ZMW ZWG ZWL";

/// What there are lists of: keys of `user_data` and `custom_data`.
pub const LISTS: [&str; 4] = ["ge", "st", "country", "currency"];

/// The list for a key; empty for all others.
#[must_use]
pub fn names(of: &str) -> &'static str {
    match of {
        "ge" => GENDERS,
        "st" => STATES,
        "country" => COUNTRIES,
        "currency" => CURRENCIES,
        _ => "",
    }
}
