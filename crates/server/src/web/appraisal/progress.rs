//! Progress: every report with its files, and the employee's form.

use super::{View, kit, words};
use crate::web::attachment;
use domain::{
    goal::Goal,
    progress::{MOST_ATTACHMENTS, Report},
};

/// Progress on the page.
pub struct Part {
    /// Reports, newest first, each with its files.
    pub reports: Vec<(Vec<kit::Event>, Vec<kit::Attachment>)>,
    pub report: Option<Reporting>,
}

/// The form of a report.
pub struct Reporting {
    pub form: kit::Form,
    pub goals: Vec<kit::Choice>,
    /// Files that came in with the form when it was refused: they need not be sent again.
    pub kept: Vec<kit::Choice>,
    pub limits: String,
}

impl View<'_> {
    pub(super) fn progress(&self) -> Part {
        Part {
            reports: self.sheet.progress.iter().rev().map(|report| self.told(report)).collect(),
            report: self.reporting(),
        }
    }

    fn told(&self, report: &Report) -> (Vec<kit::Event>, Vec<kit::Attachment>) {
        let reported = &report.reported;
        // A goal may have been dropped since; then an older version tells what it was.
        let mut goals = self.sheet.goals.iter().rev().flat_map(|version| &version.proposed.goals);
        let title = goals.find(|goal| goal.id == reported.goal).map_or("", |goal| goal.title.as_str());
        let what = self.t.with("progress-of", &[("goal", title.to_owned()), ("percent", reported.percent.to_string())]);
        let file = |file: &domain::progress::Attachment| kit::Attachment {
            name: file.name.clone(),
            href: attachment::href(self.sheet.opened.id, file),
            bytes: file.size,
            digest: file.digest.clone(),
            by: words::who(self.t, self.names, report.stamp.by),
            when: report.stamp.at,
        };
        let event = self.event(kit::Tone::Info, what, report.stamp, reported.text.clone());
        (vec![event], reported.attachments.iter().map(file).collect())
    }

    fn reporting(&self) -> Option<Reporting> {
        let goals = &self.sheet.confirmed_goals()?.proposed.goals;
        if !self.is_subject() || self.cycle.closed.is_some() {
            return None;
        }
        let mut form = self.form("report_progress", self.sheet.opened.id);
        let part = |form: &kit::Form, place: usize, part: &str| {
            form.value(&format!("{}.{place}.{part}", kit::Form::FILES_FIELD)).to_owned()
        };
        let mut kept = Vec::new();
        for place in 0..MOST_ATTACHMENTS {
            let digest = part(&form, place, "digest");
            if !digest.is_empty() {
                let size = part(&form, place, "size#").parse::<u64>().unwrap_or_default();
                kept.push(kit::Choice::new(&digest, part(&form, place, "name")).hint(self.t.bytes(&size)));
                form = form.fill(kit::Form::KEPT_FIELD, digest);
            }
        }
        let choice = |goal: &Goal| kit::Choice::new(goal.id.to_string(), goal.title.clone());
        Some(Reporting { form, goals: goals.iter().map(choice).collect(), kept, limits: attachment::limits(self.t) })
    }
}
