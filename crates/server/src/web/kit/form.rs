//! A form between two requests: what was typed, and what is wrong with it.

use std::fmt::Display;

/// What the field macros read. A refused form is shown again with every value that was typed.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The session's token against forged requests.
    pub csrf: String,
    /// The idempotency key: one filling-in of the form is one act, however often it is sent.
    pub key: String,
    /// What tells this form from every other; empty where a page has only one. Fields' ids begin with it.
    pub name: String,
    /// The act that the form asks for; empty where it posts to a route of its own.
    pub act: String,
    /// Path of the page it stands on: a refused form is shown there again.
    pub at: String,
    /// Path of the page that comes after the act.
    pub return_to: String,
    /// What the form is about: fields that are sent but not asked.
    pub fixed: Vec<(String, String)>,
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field; empty where it is about the form as a whole.
    pub field: String,
    /// A full sentence that says how to mend it.
    pub text: String,
}

/// One answer of a select, of radios or of checkboxes.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A line of explanation; may be empty.
    pub hint: String,
}

impl Choice {
    /// An answer without explanation.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Choice { value: value.into(), label: label.into(), hint: String::new() }
    }

    /// Adds a line of explanation.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl Form {
    /// Names of the two hidden fields of every form that changes something.
    pub const CSRF_FIELD: &str = "csrf_token";
    /// See [`Form::CSRF_FIELD`].
    pub const KEY_FIELD: &str = "idempotency_key";
    /// Hidden fields of the forms that ask for an act: which form, on which page, and which page comes next.
    pub const NAME_FIELD: &str = "form_name";
    /// See [`Form::NAME_FIELD`].
    pub const AT_FIELD: &str = "form_at";
    /// See [`Form::NAME_FIELD`].
    pub const RETURN_FIELD: &str = "return_to";

    /// The signature of the act, base64, where its sender signs.
    pub const SIGNATURE_FIELD: &str = "signature";
    /// Files that a form of an act carries, named as in the act; and those that came in when it was sent before.
    pub const FILES_FIELD: &str = "attachments";
    /// See [`Form::FILES_FIELD`].
    pub const KEPT_FIELD: &str = "kept";

    /// Stands, in the page that comes after an act, for the id of what the act made.
    pub const MADE: &str = "{made}";

    /// An empty form.
    pub fn new(csrf: impl Into<String>, key: impl Into<String>) -> Self {
        Form { csrf: csrf.into(), key: key.into(), ..Form::default() }
    }

    /// A form that asks for an act about something. It stands on the page `at` and comes back there.
    pub fn of_act(self, act: &str, about: impl Display, at: &str) -> Self {
        Form {
            name: format!("{act}-{about}"),
            act: act.to_owned(),
            at: at.to_owned(),
            return_to: at.to_owned(),
            ..self
        }
    }

    /// Tells it from the other forms of its page, where it posts to a route of its own.
    pub fn named(self, name: impl Into<String>) -> Self {
        Form { name: name.into(), ..self }
    }

    /// Adds a field that is sent but not asked.
    pub fn fix(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.fixed.push((name.into(), value.to_string()));
        self
    }

    /// Sets the page that comes after the act, where that is not the page of the form.
    pub fn then(self, path: impl Into<String>) -> Self {
        Form { return_to: path.into(), ..self }
    }

    /// The id of a field's control: names are only unique within a form.
    pub fn id(&self, field: &str) -> String {
        if self.name.is_empty() { field.to_owned() } else { format!("{}-{field}", self.name) }
    }

    /// A form as it was sent: the pairs of the body, in order, the two hidden ones among them.
    pub fn posted(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut form = Form::default();
        for (name, value) in pairs {
            match name.as_str() {
                Self::CSRF_FIELD => form.csrf = value,
                Self::KEY_FIELD => form.key = value,
                _ => form.values.push((name, value)),
            }
        }
        form
    }

    /// Puts a value into a field; a field of checkboxes may hold several.
    pub fn fill(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// Notes what is wrong with a field, as a full sentence.
    pub fn refuse(&mut self, field: impl Into<String>, text: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), text: text.into() });
    }

    /// The first value of a field, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Whether an answer is chosen.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(found, chosen)| found == name && chosen == value)
    }

    /// What is wrong with a field, or nothing.
    pub fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|error| error.field == field).map_or("", |error| &error.text)
    }

    /// Everything that is wrong, in the order it was found.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The ids that describe a control, for `aria-describedby`.
    pub fn described_by(&self, name: &str, has_hint: bool, has_counter: bool) -> String {
        let parts = [(has_hint, "hint"), (!self.error(name).is_empty(), "error"), (has_counter, "counter")];
        let ids: Vec<String> =
            parts.iter().filter(|(there, _)| *there).map(|(_, part)| format!("{}-{part}", self.id(name))).collect();
        ids.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong() {
        let pairs = [("csrf_token", "c"), ("idempotency_key", "k"), ("role", "a"), ("role", "b"), ("title", "甲")];
        let mut form = Form::posted(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        form.refuse("title", "请写明目标名称。");

        assert_eq!((form.csrf.as_str(), form.key.as_str(), form.value("title")), ("c", "k", "甲"));
        assert!(form.holds("role", "a") && form.holds("role", "b") && !form.holds("role", "c"));
        assert_eq!((form.value("csrf_token"), form.error("title"), form.error("role")), ("", "请写明目标名称。", ""));
        assert_eq!(form.described_by("title", true, false), "title-hint title-error");
        assert_eq!(form.described_by("role", false, false), "");
    }
}
