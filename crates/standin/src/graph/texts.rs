//! The sentences of `error_user_title` and `error_user_msg`, in both locales. The four shapes of JSON-path sentences are
//! Meta's own, word for word; French ones are ours in the same meaning.

use crate::config::Locale;

/// A title and a message in every locale.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UserText {
    en: (&'static str, String),
    fr: (&'static str, String),
}

impl UserText {
    /// Title and message in this locale.
    pub(crate) fn in_locale(&self, locale: Locale) -> (&'static str, &str) {
        let (title, message) = match locale {
            Locale::En => &self.en,
            Locale::Fr => &self.fr,
        };
        (title, message)
    }
}

fn text(
    title_en: &'static str,
    en: impl Into<String>,
    title_fr: &'static str,
    fr: impl Into<String>,
) -> UserText {
    UserText {
        en: (title_en, en.into()),
        fr: (title_fr, fr.into()),
    }
}

fn shape(en: String, fr: String) -> UserText {
    text(
        "Server Side Api Parameter Error",
        en,
        "Erreur de paramètre de l’API côté serveur",
        fr,
    )
}

/// Something Meta cannot do without is not there.
pub(crate) fn required(path: &str) -> UserText {
    shape(
        format!("The parameter {path} is required"),
        format!("Le paramètre {path} est obligatoire"),
    )
}

/// Not an array.
pub(crate) fn must_be_array(path: &str) -> UserText {
    shape(
        format!("The parameter {path} must be an array."),
        format!("Le paramètre {path} doit être un tableau."),
    )
}

/// Not of the type given in words: `("a string", "une chaîne")`.
pub(crate) fn must_be(path: &str, (en, fr): (&str, &str)) -> UserText {
    shape(
        format!("Param {path} must be {en}"),
        format!("Le paramètre {path} doit être {fr}"),
    )
}

/// A key that a closed object does not know.
pub(crate) fn unexpected_key(key: &str, path: &str) -> UserText {
    shape(
        format!("Unexpected key \"{key}\" on param \"{path}\"."),
        format!("Clé inattendue « {key} » pour le paramètre « {path} »."),
    )
}

/// `2804003`.
pub(crate) fn too_old(days: i64) -> UserText {
    text(
        "Event Timestamp Too Old",
        format!(
            "The timestamp for this event is too far in the past. Events must be sent within {days} days of when they occurred."
        ),
        "Horodatage de l’évènement trop ancien",
        format!(
            "L’horodatage de cet évènement est trop ancien. Les évènements doivent être envoyés dans les {days} jours."
        ),
    )
}

/// `2804004`.
pub(crate) fn in_the_future() -> UserText {
    text(
        "Event Timestamp In The Future",
        "The timestamp for this event is in the future. event_time must be a Unix timestamp in seconds.",
        "Horodatage de l’évènement dans le futur",
        "L’horodatage de cet évènement est dans le futur. event_time doit être en secondes.",
    )
}

/// `2804009`.
pub(crate) fn value_missing() -> UserText {
    text(
        "Missing Value for Purchase Event",
        "Your purchase event doesn't include a value parameter. Add a value, for example 1.99.",
        "Valeur manquante pour l’évènement d’achat",
        "Votre évènement d’achat ne comprend pas de paramètre value. Ajoutez une valeur, par exemple 1.99.",
    )
}

/// `2804010`.
pub(crate) fn currency_missing() -> UserText {
    text(
        "Missing Currency for Purchase Event",
        "Your purchase event doesn't include a currency parameter. Add a currency, for example USD.",
        "Devise manquante pour l’évènement d’achat",
        "Votre évènement d’achat ne comprend pas de paramètre currency. Ajoutez une devise, par exemple USD.",
    )
}

/// `2804023`.
pub(crate) fn value_without_currency() -> UserText {
    text(
        "Missing Currency",
        "This event includes a value parameter, but no currency.",
        "Devise manquante",
        "Cet évènement comprend un paramètre value, mais pas de devise.",
    )
}

/// `2804008`.
pub(crate) fn content_id_missing(path: &str) -> UserText {
    text(
        "Missing Content ID",
        format!("The parameter {path}['id'] is required"),
        "Identifiant de contenu manquant",
        format!("Le paramètre {path}['id'] est obligatoire"),
    )
}

/// `2804043`.
pub(crate) fn extinfo() -> UserText {
    text(
        "Invalid Extended Device Info Parameter",
        "An app event needs app_data.extinfo with 16 entries, the first a2 or i2, the fifth the OS version.",
        "Paramètre d’informations étendues sur l’appareil non valide",
        "Un évènement d’application doit comporter app_data.extinfo avec 16 entrées.",
    )
}

/// `2804050`.
pub(crate) fn customer_information() -> UserText {
    text(
        "You haven't added sufficient customer information parameter data for this event",
        "This event has no customer information parameters, or a combination of them that is so broad that it is unlikely to match anybody.",
        "Vous n’avez pas ajouté suffisamment de paramètres d’informations client pour cet évènement",
        "Cet évènement ne comporte aucun paramètre d’informations client, ou une combinaison trop large pour trouver quelqu’un.",
    )
}

/// `2804063`.
pub(crate) fn messaging_channel() -> UserText {
    text(
        "Missing Messaging Channel",
        "A business_messaging event needs messaging_channel.",
        "Canal de messagerie manquant",
        "Un évènement business_messaging doit comporter messaging_channel.",
    )
}
