//! Language: which one the reader gets, and every text in it.
//!
//! The texts are `locales/<language>/*.ftl`, split by page area; a test keeps the languages complete and every key used.

mod format;
mod reader;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid};

pub use reader::{Reader, local_path, preference_routes};

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "../../locales",
        fallback_language: "zh-CN",
        // The marks around arguments are for mixed writing directions; they would end up in copied numbers and tests.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const ZH_CN: LanguageIdentifier = langid!("zh-CN");
const EN: LanguageIdentifier = langid!("en");

/// One of the languages every page exists in. In templates it is called `t`, and passed on to the macros of the kit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// Simplified Chinese, the language of the offices.
    #[default]
    ZhCn,
    /// English.
    En,
}

/// A value for a placeable of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Words, shown as they are.
    Words(String),
    /// A number, which may also decide between singular and plural.
    Number(i128),
}

impl From<&Arg> for FluentValue<'static> {
    fn from(arg: &Arg) -> Self {
        match arg {
            Arg::Words(words) => FluentValue::from(words.clone()),
            Arg::Number(number) => FluentValue::from(*number),
        }
    }
}

impl Locale {
    /// All of them, the default first.
    pub const ALL: [Locale; 2] = [Locale::ZhCn, Locale::En];

    /// The BCP 47 tag, for `lang` attributes and the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::ZhCn => "zh-CN",
            Locale::En => "en",
        }
    }

    /// The other language, which the switch in the masthead leads to.
    pub fn other(self) -> Locale {
        match self {
            Locale::ZhCn => Locale::En,
            Locale::En => Locale::ZhCn,
        }
    }

    /// The text of `key`. A key without a text is a mistake of ours that a test finds; the page then shows the key.
    pub fn get(self, key: &str) -> String {
        self.look_up(key, None)
    }

    /// The text of `key` with its placeables filled: `t.with("kit-page-of", &[("page", 2), ("pages", 9)])`.
    ///
    /// In a template the array is written without `&`. Values of different kinds go through [`Locale::arg`].
    pub fn with<V: ToArg>(self, key: &str, args: &[(&'static str, V)]) -> String {
        let value_of = |value: &V| FluentValue::from(&value.to_arg());
        let args = args.iter().map(|(name, value)| (Cow::Borrowed(*name), value_of(value))).collect();
        self.look_up(key, Some(&args))
    }

    /// Makes one kind of value out of many, where a text takes a name and a number.
    pub fn arg(self, value: impl ToArg) -> Arg {
        value.to_arg()
    }

    /// A sentence in this language.
    pub fn say(self, sentence: &Sentence) -> String {
        match sentence {
            Sentence::Said(text) => text.clone(),
            Sentence::Text { key, args } => {
                let args: Vec<_> =
                    args.iter().map(|(name, value)| (*name, self.worded(name, self.own(args, name, value)))).collect();
                self.with(key, &args)
            }
        }
    }

    /// What the domain says in both languages comes as two values: `detail`, and `detail_en` for English readers.
    fn own<'a>(self, args: &'a [(&'static str, Arg)], name: &str, value: &'a Arg) -> &'a Arg {
        let english = |(found, _): &&(&str, Arg)| found.strip_suffix("_en") == Some(name);
        match self {
            Locale::ZhCn => value,
            Locale::En => args.iter().find(english).map_or(value, |(_, english)| english),
        }
    }

    /// A placeable called `field` holds the name of a field; people read its words.
    fn worded(self, name: &str, value: &Arg) -> Arg {
        match value {
            Arg::Words(field) if name == "field" => Arg::Words(self.get(&format!("field-{field}"))),
            _ => value.clone(),
        }
    }

    fn look_up(self, key: &str, args: Option<&HashMap<Cow<'static, str>, FluentValue<'static>>>) -> String {
        TEXTS.try_lookup_complete(&self.language(), key, args).unwrap_or_else(|| {
            tracing::error!(key, locale = self.tag(), "a text is missing from locales/");
            key.to_owned()
        })
    }

    fn language(self) -> LanguageIdentifier {
        match self {
            Locale::ZhCn => ZH_CN,
            Locale::En => EN,
        }
    }

    fn from_tag(tag: &str) -> Option<Locale> {
        let language = tag.split('-').next().unwrap_or_default();
        Locale::ALL.into_iter().find(|locale| locale.tag().split('-').next() == Some(language))
    }

    /// What the reader chose (cookie `lang`), else what the browser asks for, else Chinese.
    pub fn of(headers: &HeaderMap) -> Locale {
        let chosen = cookie(headers, "lang").and_then(Locale::from_tag);
        let asked = || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(preferred);
        chosen.or_else(asked).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Locale {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Locale::of(&parts.headers))
    }
}

/// The language of ours that an `Accept-Language` header puts first (RFC 9110, section 12.5.4).
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for item in header.split(',') {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
        let Some(locale) = Locale::from_tag(tag.trim()) else {
            continue;
        };
        if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// The value of one cookie of a request.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// A sentence for a person that is made before their language is known, such as a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// A text of `locales/`, with its placeables.
    Text {
        /// The key.
        key: Cow<'static, str>,
        /// Name and value of each placeable.
        args: Vec<(&'static str, Arg)>,
    },
    /// Words that are data: what a person wrote, or what the law says.
    Said(String),
}

impl Sentence {
    /// The text of `key`.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Sentence::Text { key: key.into(), args: Vec::new() }
    }

    /// Fills one placeable.
    pub fn arg(mut self, name: &'static str, value: impl ToArg) -> Self {
        if let Sentence::Text { args, .. } = &mut self {
            args.push((name, value.to_arg()));
        }
        self
    }
}

/// What can stand in a placeable.
pub trait ToArg {
    /// The value as the text wants it.
    fn to_arg(&self) -> Arg;
}

impl ToArg for str {
    fn to_arg(&self) -> Arg {
        Arg::Words(self.to_owned())
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg {
        Arg::Words(self.clone())
    }
}

impl ToArg for Arg {
    fn to_arg(&self) -> Arg {
        self.clone()
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

/// A whole number, by value or by reference.
pub trait Count {
    /// The number.
    fn count(&self) -> i128;
}

impl<T: Count + ?Sized> Count for &T {
    fn count(&self) -> i128 {
        (**self).count()
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {
        $(
            impl ToArg for $number {
                fn to_arg(&self) -> Arg {
                    Arg::Number(*self as i128)
                }
            }

            impl Count for $number {
                fn count(&self) -> i128 {
                    *self as i128
                }
            }
        )*
    };
}

whole_numbers!(i32 i64 u32 u64 usize);
