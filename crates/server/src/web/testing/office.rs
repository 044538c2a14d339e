//! A small office to try pages on: two bureaus, a handful of people, one cycle; and browsers without script.
//!
//! | who | what |
//! |---|---|
//! | `HQ` | HR of the authority |
//! | `HR` | HR of the authority too: second pair of eyes |
//! | `A0` | head of 甲局 |
//! | `AH` | HR of 甲局 |
//! | `A1` … `A5` | staff of 甲局, led by A0; A5 joined late and is on probation |
//! | `B0` | head of 乙局, which has no HR of its own |
//! | `B1` | staff of 乙局 |
//! | `IN` | inspector |
//! | `approver`, `sysadmin` | nobody on the roster |

use super::{Answer, between, send};
use crate::{
    clock, importing, rules,
    web::{
        self, App,
        session::{self, Beginning},
    },
};
use axum::{
    Router,
    http::{Method, StatusCode},
};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    cycle::{CycleDraft, Schedule},
    id::{AccountId, AppraisalId, CycleId, PersonId, SlateId, UnitId},
    indicator::{Dimension, IndicatorDraft},
    points::Points,
};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use store::{Receipt, Settings, Store};

/// The day the office is opened on, a Wednesday with working days around it.
pub(crate) const TODAY: Date = Date::constant(2026, 10, 14);

/// The office.
pub(crate) struct Office {
    pub(crate) store: Store,
    router: Router,
    _folder: tempfile::TempDir,
}

/// Number, unit, leader, joined, leads projects.
const PEOPLE: [(&str, &str, &str, &str, &str); 12] = [
    ("HQ", "丙局", "", "2015-01-01", "否"),
    ("HR", "丙局", "", "2015-01-01", "否"),
    ("IN", "丙局", "", "2015-01-01", "否"),
    ("A0", "甲局", "", "2010-01-01", "是"),
    ("AH", "甲局", "A0", "2012-01-01", "否"),
    ("A1", "甲局", "A0", "2018-01-01", "否"),
    ("A2", "甲局", "A0", "2018-01-01", "是"),
    ("A3", "甲局", "A0", "2018-01-01", "否"),
    ("A4", "甲局", "A0", "2018-01-01", "否"),
    ("A5", "甲局", "A0", "2026-06-01", "否"),
    ("B0", "乙局", "", "2010-01-01", "否"),
    ("B1", "乙局", "B0", "2018-01-01", "否"),
];

impl Office {
    /// The office on its first day: people, indicators and accounts, and no cycle yet.
    pub(crate) async fn new() -> Office {
        Office::on(TODAY);
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(Settings {
            url: format!("sqlite://{}", folder.path().join("office.db").display()),
            authority: "测试考核机关".to_owned(),
            rules: rules::built_in().expect("the rules"),
            policies: policy::Policies::built_in().expect("the policies"),
            keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
            clock: clock::now,
        })
        .await
        .expect("a store");
        let router = web::app(App::new(store.clone()));
        let office = Office { store, router, _folder: folder };
        office.move_in().await;
        office
    }

    /// The office with a running cycle of civil servants.
    pub(crate) async fn with_cycle() -> Office {
        let office = Office::new().await;
        let cycle = CycleDraft {
            regime: "civil_servant".to_owned(),
            kind: "annual".to_owned(),
            title: "年度考核".to_owned(),
            from: date(2026, 1, 1),
            to: date(2026, 12, 31),
            schedule: Schedule { goals: date(2026, 10, 23), scoring: date(2026, 11, 6), grading: date(2026, 11, 20) },
            exempt: Vec::new(),
        };
        office.does("HQ", Act::OpenCycle { cycle }).await;
        office
    }

    /// The office when scoring is frozen.
    pub(crate) async fn frozen() -> Office {
        let office = Office::with_cycle().await;
        office.does("HQ", Act::FreezeScoring { cycle: office.cycle().await }).await;
        office
    }

    /// The office when 甲局's slate is published: A1 has the top grade, reviewed by HR.
    pub(crate) async fn published() -> Office {
        let office = Office::frozen().await;
        let slate = office.slate("甲局").await;
        for number in ["A1", "A2", "A3", "A4"] {
            office.proposes(slate, number, if number == "A1" { "excellent" } else { "competent" }).await;
        }
        // HR of the unit is graded on the same slate, so somebody else proposes that grade.
        let of_hr = Act::ProposeGrade {
            slate,
            appraisal: office.sheet("AH").await,
            grade: "competent".to_owned(),
            reason: String::new(),
        };
        office.does("HQ", of_hr).await;
        office.does("AH", Act::SubmitSlate { slate }).await;
        office.does("HR", Act::ReviewSlate { slate }).await;
        office.does("HR", Act::PostNotice { slate }).await;
        office
    }

    /// Nine in the morning of a day.
    pub(crate) fn on(day: Date) {
        clock::set(domain::context::CHINA.to_timestamp(day.at(9, 0, 0, 0)).expect("a time"));
    }

    async fn move_in(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let units = "机构编码,机构名称,简称,负责人工号\nA,甲局,甲局,A0\nB,乙局,乙局,B0\nC,丙局,丙局,\n";
        std::fs::write(folder.path().join("1.csv"), units).expect("a file");
        let mut people = "工号,姓名,身份证号,单位,编制类型,岗位类别,入职日期,直接领导工号,是否项目负责人\n".to_owned();
        for (place, (number, unit, leader, joined, leads)) in PEOPLE.iter().enumerate() {
            let id = id_number(place);
            people += &format!("{number},职工{number},{id},{unit},公务员,综合岗,{joined},{leader},{leads}\n");
        }
        std::fs::write(folder.path().join("2.csv"), people).expect("a file");
        let files = importing::gather(&[folder.path().to_path_buf()]).expect("files");
        let outcome = importing::import(&self.store, &Actor::System, files, importing::Options::default()).await;
        let outcome = outcome.expect("an import");
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        for (code, weight, quantitative) in [("Q1", 40, true), ("D1", 60, false)] {
            self.console(Act::DefineIndicator { indicator: indicator(code, weight, quantitative) }).await;
        }
        for person in self.store.roster().await.expect("a read") {
            let id = PersonId(person.person_id);
            self.opens(&person.number, Some(id)).await;
        }
        self.opens("approver", None).await;
        self.opens("sysadmin", None).await;
        let unit = self.unit("甲局").await;
        for (login, role, unit) in [
            ("HQ", Role::HrOfficer, None),
            ("HR", Role::HrOfficer, None),
            ("AH", Role::HrOfficer, Some(unit)),
            ("IN", Role::Inspector, None),
            ("approver", Role::Approver, None),
            ("sysadmin", Role::SystemAdmin, None),
        ] {
            let account = self.account(login).await;
            self.console(Act::GrantRole { account, grant: Grant { role, unit } }).await;
        }
    }

    /// A file of source data comes in.
    pub(crate) async fn imports(&self, name: &str, content: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(name), content).expect("a file");
        let files = importing::gather(&[folder.path().to_path_buf()]).expect("files");
        let outcome = importing::import(&self.store, &Actor::System, files, importing::Options::default()).await;
        let outcome = outcome.expect("an import");
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    }

    async fn opens(&self, login: &str, person: Option<PersonId>) {
        let name = person.is_none().then(|| login.to_owned());
        self.console(Act::OpenAccount { login: login.to_owned(), person, name }).await;
    }

    async fn console(&self, act: Act) {
        self.store.act(&Actor::System, self.store.new_key(), act).await.expect("the console may");
    }

    async fn account(&self, login: &str) -> AccountId {
        self.store.account_of_login(login).await.expect("a read").unwrap_or_else(|| panic!("{login} has no account"))
    }

    /// Whoever signs in so, as rules see them.
    pub(crate) async fn who(&self, login: &str) -> Actor {
        self.store.actor(self.account(login).await).await.expect("a read").expect("not locked")
    }

    /// Somebody does something, past the pages.
    pub(crate) async fn does(&self, login: &str, act: Act) -> Receipt {
        let name = act.name();
        let done = self.store.act(&self.who(login).await, self.store.new_key(), act).await;
        done.unwrap_or_else(|error| panic!("{login} could not {name}: {error}"))
    }

    /// 甲局's HR proposes a grade.
    pub(crate) async fn proposes(&self, slate: SlateId, number: &str, grade: &str) {
        let appraisal = self.sheet(number).await;
        let act = Act::ProposeGrade { slate, appraisal, grade: grade.to_owned(), reason: String::new() };
        self.does("AH", act).await;
    }

    pub(crate) async fn unit(&self, name: &str) -> UnitId {
        let units = self.store.units().await.expect("a read");
        UnitId(units.iter().find(|unit| unit.name == name).expect("a unit").unit_id)
    }

    pub(crate) async fn cycle(&self) -> CycleId {
        CycleId(self.store.cycles().await.expect("a read").first().expect("a cycle").cycle_id)
    }

    /// Somebody's appraisal in the newest cycle.
    pub(crate) async fn sheet(&self, number: &str) -> AppraisalId {
        let own = self.store.reader(&self.who(number).await).own_appraisals().await.expect("a read");
        AppraisalId(own.first().unwrap_or_else(|| panic!("{number} takes no part")).appraisal_id)
    }

    /// A unit's slate in the newest cycle.
    pub(crate) async fn slate(&self, unit: &str) -> SlateId {
        let found = self.store.slate_of(self.cycle().await, self.unit(unit).await).await.expect("a read");
        SlateId(found.expect("a slate"))
    }

    /// Somebody's browser, signed in.
    pub(crate) async fn browser(&self, login: &str) -> Browser {
        let begun = session::begin(
            &App::new(self.store.clone()),
            self.account(login).await,
            Beginning { by_demo: true, ..Beginning::default() },
        )
        .await
        .expect("a session");
        let cookie = begun.cookie.to_str().expect("a header").split(';').next().expect("a cookie").to_owned();
        Browser { router: self.router.clone(), cookie }
    }

    /// Nobody's browser.
    pub(crate) fn stranger(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: String::new() }
    }
}

fn indicator(code: &str, weight: i64, quantitative: bool) -> IndicatorDraft {
    IndicatorDraft {
        code: code.to_owned(),
        name: format!("指标{code}"),
        dimension: Dimension::Achievement,
        weight: Points::whole(weight),
        post_type: "综合岗".to_owned(),
        source: String::new(),
        quantitative,
        words: if quantitative { "得分=min(迟到次数/目标,1)*100".to_owned() } else { String::new() },
        target: quantitative.then(|| "2".to_owned()),
        cap: quantitative.then(|| "100".to_owned()),
    }
}

/// An ID number with a valid check digit, of a region that does not exist (GB 11643).
pub(crate) fn id_number(place: usize) -> String {
    let digits = format!("99010119800101{place:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        digits.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).expect("a digit") * weight).sum();
    format!("{digits}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize])
}

/// A browser without script.
pub(crate) struct Browser {
    router: Router,
    cookie: String,
}

/// A page that a browser shows.
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    /// Where it was led.
    pub(crate) path: String,
    pub(crate) body: String,
}

impl Browser {
    fn headers(&self) -> Vec<(&str, &str)> {
        vec![("cookie", self.cookie.as_str()), ("accept-language", "zh-CN")]
    }

    /// Opens an address and follows where it leads.
    pub(crate) async fn get(&self, path: &str) -> Shown {
        let answer = send(self.router.clone(), Method::GET, path, &self.headers(), "").await;
        self.follow(path, answer).await
    }

    async fn follow(&self, path: &str, answer: Answer) -> Shown {
        let mut shown = Shown { status: answer.status, path: path.to_owned(), body: answer.body.clone() };
        let mut next = answer.header("location").to_owned();
        while shown.status.is_redirection() {
            let path = next.split('#').next().unwrap_or_default().to_owned();
            let answer = send(self.router.clone(), Method::GET, &path, &self.headers(), "").await;
            next = answer.header("location").to_owned();
            shown = Shown { status: answer.status, path, body: answer.body };
        }
        shown
    }

    /// Posts fields as they are.
    pub(crate) async fn post(&self, path: &str, fields: &[(String, String)]) -> Shown {
        let encoded = |text: &str| web::error::percent_encoded(text);
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let mut headers = self.headers();
        headers.push(("content-type", "application/x-www-form-urlencoded"));
        let answer = send(self.router.clone(), Method::POST, path, &headers, body.join("&")).await;
        self.follow(path, answer).await
    }

    /// Opens an address that is no page.
    pub(crate) async fn answer(&self, path: &str) -> Answer {
        send(self.router.clone(), Method::GET, path, &self.headers(), "").await
    }

    /// Sends the form of a page with files besides.
    pub(crate) async fn send_files(
        &self,
        page: &Shown,
        form: &Form,
        filled: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Shown {
        assert!(page.body.contains(&form.action), "{} has no such form", page.path);
        const BOUNDARY: &str = "a-boundary-of-parts";
        let hidden = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut body = Vec::new();
        for (name, value) in hidden.chain(filled.iter().copied()) {
            let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        for (name, content) in files {
            let head = format!("content-disposition: form-data; name=\"attachments\"; filename=\"{name}\"");
            body.extend(format!("--{BOUNDARY}\r\n{head}\r\ncontent-type: image/png\r\n\r\n").into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let mut headers = self.headers();
        headers.push(("content-type", &kind));
        let answer = send(self.router.clone(), Method::POST, &form.action, &headers, body).await;
        self.follow(&form.action, answer).await
    }

    /// Sends the form of a page whose fields hold `filled` besides its own hidden ones.
    pub(crate) async fn send(&self, page: &Shown, form: &Form, filled: &[(&str, &str)]) -> Shown {
        assert!(page.body.contains(&form.action), "{} has no such form", page.path);
        let mut fields = form.hidden.clone();
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(&form.action, &fields).await
    }
}

/// A form of a page: where it goes and what it carries.
pub(crate) struct Form {
    action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

impl Form {
    /// The same without one of its hidden fields.
    pub(crate) fn without(mut self, name: &str) -> Form {
        self.hidden.retain(|(found, _)| found != name);
        self
    }
}

impl Shown {
    /// Where the file of this name can be had.
    pub(crate) fn attachment(&self, name: &str) -> String {
        let links = between(&self.body, "<a href=\"", '<');
        let link = links.iter().find(|link| link.ends_with(&format!("download>{name}")));
        link.unwrap_or_else(|| panic!("no file {name}: {}", self.text()))
            .split('"')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// The file that need not be sent again.
    pub(crate) fn kept(&self) -> String {
        let choice = self.body.split("name=\"kept\" value=\"").nth(1).expect("a file that was kept");
        choice.split('"').next().unwrap_or_default().to_owned()
    }

    /// The form that asks for an act about something, by the beginning of its name.
    pub(crate) fn form(&self, name: &str) -> Form {
        self.find(&format!("id=\"{name}")).unwrap_or_else(|| panic!("{} has no form {name}", self.path))
    }

    /// Whether there is such a form.
    pub(crate) fn has_form(&self, name: &str) -> bool {
        self.find(&format!("id=\"{name}")).is_some()
    }

    /// The form that holds this text.
    pub(crate) fn form_with(&self, text: &str) -> Form {
        self.find(text).unwrap_or_else(|| panic!("{} has no form with {text}", self.path))
    }

    fn find(&self, text: &str) -> Option<Form> {
        let forms = self.body.split("<form ").skip(1).filter_map(|rest| rest.split("</form>").next());
        let source = forms.into_iter().find(|source| source.contains(text))?;
        let inputs = source.split("<input ").skip(1).filter_map(|rest| rest.split('>').next());
        let one = |source: &str, name: &str| {
            between(source, &format!("{name}=\""), '"').first().map(|value| unescaped(value))
        };
        let hidden = inputs
            .filter(|input| input.contains("type=\"hidden\""))
            .filter_map(|input| Some((one(input, "name")?, one(input, " value")?)));
        Some(Form { action: one(source, "action")?, hidden: hidden.collect() })
    }

    /// The words of the page, without its marks.
    pub(crate) fn text(&self) -> String {
        let main = self.body.split("<main").nth(1).unwrap_or(&self.body);
        let words: Vec<&str> =
            main.split('<').filter_map(|part| part.split_once('>')).map(|(_, words)| words.trim()).collect();
        unescaped(&words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" "))
    }

    /// What the page says is wrong with each field, by the field's id.
    pub(crate) fn errors(&self) -> BTreeMap<String, String> {
        let mut errors = BTreeMap::new();
        for part in self.body.split("<p class=\"field-error\" id=\"").skip(1) {
            let Some((id, rest)) = part.split_once("-error\">") else { continue };
            let words = rest.split("</p>").next().unwrap_or_default();
            let words = words.rsplit("</span>").nth(1).unwrap_or_default();
            errors.insert(id.to_owned(), unescaped(words));
        }
        errors
    }
}

/// What stands in a page, as it is read.
pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}
