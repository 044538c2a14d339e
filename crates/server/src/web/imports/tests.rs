//! Through HTTP: what is handed in, looked at, committed, refused, and by whom.

use crate::{
    clock, importing, rules,
    web::{
        App, app,
        session::{self, Beginning},
        testing::{Answer, between, get, repository, send},
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
    id::{PersonId, UnitId},
};
use jiff::civil::date;
use serde_json::Value;
use std::{collections::BTreeSet, fs};
use store::{Settings, Store};
use tempfile::TempDir;

/// An office with a database of its own and accounts that nobody on the roster has.
struct Office {
    store: Store,
    router: Router,
    _folder: TempDir,
}

/// Somebody signed in.
struct Desk<'o> {
    office: &'o Office,
    cookie: String,
}

const UNITS: (&str, &str) = ("机构.csv", "机构编码,机构名称\nA,市甲局\n");
const PEOPLE: (&str, &str) = (
    "人员.csv",
    "工号,姓名,身份证号,单位,编制类型,岗位类别\nP1,钟某,99010419691007893X,市甲局,公务员,综合岗\n\
     P2,任某,990104197102201754,市甲局,公务员,综合岗\n",
);
const ATTENDANCE: (&str, &str) =
    ("考勤.csv", "工号,日期,状态\nP1,2026-01-05,迟到\nP1,2026-01-06,睡觉\nP2,2026-01-05,正常\n");
const HOUSEHOLD: (&str, &str) =
    ("户籍.csv", "户号,身份证号,姓名\nH1,99010419691007893X,钟某\nH1,990104197102201755,任某\n");

impl Office {
    async fn open() -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings {
            url: format!("sqlite://{}", folder.path().join("office.db").display()),
            authority: "某市人事局".to_owned(),
            rules: rules::built_in().expect("the rules"),
            policies: policy::Policies::built_in().expect("the policies"),
            keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
            clock: clock::now,
        };
        let store = Store::open(settings).await.expect("a store");
        let router = app(App::new(store.clone()));
        Office { store, router, _folder: folder }
    }

    /// An account with a role, signed in.
    async fn desk(&self, login: &str, role: Option<Role>, unit: Option<UnitId>) -> Desk<'_> {
        let open = Act::OpenAccount { login: login.to_owned(), person: None, name: Some(login.to_owned()) };
        self.act(open).await;
        let account = self.store.account_of_login(login).await.expect("a read").expect("an account");
        if let Some(role) = role {
            self.act(Act::GrantRole { account, grant: Grant { role, unit } }).await;
        }
        self.sign_in(login).await
    }

    /// Somebody on the roster, signed in.
    async fn employee(&self, number: &str) -> Desk<'_> {
        let roster = self.store.roster().await.expect("people");
        let person = roster.iter().find(|person| person.number == number).expect("on the roster");
        let person = Some(PersonId(person.person_id));
        self.act(Act::OpenAccount { login: number.to_owned(), person, name: None }).await;
        self.sign_in(number).await
    }

    async fn sign_in(&self, login: &str) -> Desk<'_> {
        let account = self.store.account_of_login(login).await.expect("a read").expect("an account");
        let begun =
            session::begin(&App::new(self.store.clone()), account, Beginning { by_demo: true, ..Beginning::default() })
                .await
                .expect("a session");
        let cookie = begun.cookie.to_str().expect("ascii").split(';').next().unwrap_or_default().to_owned();
        Desk { office: self, cookie }
    }

    async fn hr(&self) -> Desk<'_> {
        self.desk("hr", Some(Role::HrOfficer), None).await
    }

    async fn act(&self, act: Act) {
        self.store.act(&Actor::System, self.store.new_key(), act).await.expect("an act");
    }
}

impl Desk<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.get_in(path, "zh-CN").await
    }

    async fn get_in(&self, path: &str, language: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("accept-language", language)];
        get(self.office.router.clone(), path, &headers).await
    }

    async fn token(&self) -> String {
        let page = self.get("/notices").await;
        between(&page.body, "name=\"csrf_token\" value=\"", '"')[0].to_owned()
    }

    async fn post(&self, path: &str, more: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let body = format!("csrf_token={}{more}", self.token().await);
        send(self.office.router.clone(), Method::POST, path, &headers, body).await
    }

    async fn upload(&self, files: &[(&str, &[u8])]) -> Answer {
        self.upload_with(&self.token().await, files).await
    }

    async fn upload_with(&self, token: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body =
            format!("--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n").into_bytes();
        for (name, content) in files {
            let head = format!("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b--\r\n");
        let headers = [("cookie", self.cookie.as_str()), ("content-type", "multipart/form-data; boundary=b")];
        send(self.office.router.clone(), Method::POST, "/imports", &headers, body).await
    }

    /// Upload texts and wait until they are read; the way to the preview.
    async fn read(&self, files: &[(&str, &str)]) -> String {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let answer = self.upload(&files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let path = answer.header("location").to_owned();
        self.settled(&path).await;
        path
    }

    /// The page of an upload once nobody is at work on it.
    async fn settled(&self, path: &str) -> Answer {
        loop {
            let answer = self.get(path).await;
            if !answer.body.contains("data-poll=") {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Upload texts, commit them, and wait.
    async fn import(&self, files: &[(&str, &str)], more: &str) -> Answer {
        let path = self.read(files).await;
        let answer = self.post(&format!("{path}/commit"), more).await;
        assert_eq!(answer.header("location"), path);
        self.settled(&path).await
    }

    /// The way to the newest batch of a kind.
    async fn batch(&self, kind: &str) -> String {
        let page = self.get("/batches").await;
        let links = between(&page.body, "href=\"/batches/", '<');
        let found = links.into_iter().find(|link| link.ends_with(kind)).unwrap_or_else(|| panic!("no batch of {kind}"));
        format!("/batches/{}", &found[..36])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_give_exactly_the_planted_bad_rows() {
    let office = Office::open().await;
    let hr = office.hr().await;
    let folder = repository().join("examples/yunting");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("the samples") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|ending| ending == "csv" || ending == "xlsx") {
            files.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
    let sent: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let answer = hr.upload(&sent).await;
    let path = answer.header("location").to_owned();
    let page = hr.settled(&path).await;
    assert!(page.body.contains("有不合格的行") && page.body.contains("剔除不合格的行，其余入库"));

    let expected: Value = serde_json::from_str(&fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let planted: BTreeSet<_> = expected["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let number = row["row"].to_string();
            (text(row, "file"), text(row, "sheet"), number, text(row, "column"), text(row, "value"))
        })
        .collect();
    let list = hr.get(&format!("{path}/bad-rows.csv")).await;
    assert_eq!(list.header("content-type"), "text/csv; charset=utf-8");
    assert!(list.header("content-disposition").starts_with("attachment"));
    let lines = list.body.strip_prefix("\u{FEFF}文件,工作表,行,列,值,原因\n").expect("marked and headed for Excel");
    let cell = |field: &str| field.trim_matches('"').trim_start_matches('\'').to_owned();
    let listed: BTreeSet<_> = lines
        .lines()
        .map(|line| {
            let fields: Vec<String> = line.split(',').map(cell).collect();
            (fields[0].clone(), fields[1].clone(), fields[2].clone(), fields[3].clone(), fields[4].clone())
        })
        .collect();
    assert_eq!(listed, planted);
    assert_eq!(lines.lines().count(), 15);
    let list = hr.get_in(&format!("{path}/bad-rows.csv"), "en").await;
    assert!(list.body.starts_with("\u{FEFF}file,sheet,row,column,value,reason\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_bad_row_is_refused_whole_unless_it_is_left_out() {
    let office = Office::open().await;
    let hr = office.hr().await;
    hr.import(&[UNITS, PEOPLE], "").await;

    let refused = hr.import(&[ATTENDANCE], "").await;
    assert!(refused.body.contains("不入库"));
    assert!(!hr.get("/batches").await.body.contains("考勤.csv"));

    let left_out = hr.import(&[ATTENDANCE], "&skip_bad=yes").await;
    assert!(left_out.body.contains("已入库"));
    let batch = hr.batch("考勤记录").await;
    let page = hr.get(&batch).await;
    assert!(page.body.contains("共 2 行") && page.body.contains("迟到"), "{}", page.body);
    let page = hr.get(&format!("{batch}/left-out")).await;
    assert!(page.body.contains("状态") && page.body.contains("不是可识别的内容"));
    let page = hr.get_in(&format!("{batch}/left-out"), "en").await;
    assert!(page.body.contains("This word is not known here"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_refused_file_waits_for_it() {
    let office = Office::open().await;
    let hr = office.hr().await;
    let people = (PEOPLE.0, &*PEOPLE.1.replace("P2,任某,990104197102201754", "P2,任某,990104197102201755"));
    let attendance = (ATTENDANCE.0, "工号,日期,状态\nP1,2026-01-05,正常\n");
    let path = hr.read(&[UNITS, people, attendance]).await;
    let page = hr.get(&path).await;
    assert!(page.body.contains("本文件要用到“人员.csv”中的内容"));
    assert!(!page.body.contains("990104197102201755"), "a bad identity number is masked too");
    hr.post(&format!("{path}/commit"), "").await;
    hr.settled(&path).await;
    let batches = hr.get("/batches").await;
    assert!(
        batches.body.contains("机构.csv") && !batches.body.contains("人员.csv") && !batches.body.contains("考勤.csv")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_is_once() {
    let office = Office::open().await;
    let hr = office.hr().await;
    let path = hr.read(&[UNITS, PEOPLE]).await;
    let commit = format!("{path}/commit");
    let (one, other) = tokio::join!(hr.post(&commit, ""), hr.post(&commit, ""));
    let ways = BTreeSet::from([one.header("location").to_owned(), other.header("location").to_owned()]);
    assert_eq!(ways, BTreeSet::from([path.clone(), format!("{path}?again=1")]));
    hr.settled(&path).await;
    assert!(hr.get(&format!("{path}?again=1")).await.body.contains("没有重复入库"));
    assert_eq!(hr.get("/batches").await.body.matches("<tr role=\"row\">").count(), 3);

    let again = hr.read(&[UNITS, PEOPLE]).await;
    let page = hr.get(&again).await;
    assert!(page.body.contains("没有新的内容") && !page.body.contains("确认入库"));
    hr.post(&format!("{again}/commit"), "").await;
    hr.settled(&again).await;
    assert_eq!(hr.get("/batches").await.body.matches("<tr role=\"row\">").count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_there_for_who_sent_it_alone() {
    let office = Office::open().await;
    let (hr, other) = (office.hr().await, office.desk("hr2", Some(Role::HrOfficer), None).await);
    let inspector = office.desk("inspector", Some(Role::Inspector), None).await;
    let path = hr.read(&[UNITS]).await;
    for way in [path.clone(), format!("{path}/bad-rows.csv")] {
        assert_eq!(other.get(&way).await.status, StatusCode::NOT_FOUND);
        assert_eq!(inspector.get(&way).await.status, StatusCode::FORBIDDEN);
    }
    for way in ["commit", "discard", "retry"] {
        assert_eq!(other.post(&format!("{path}/{way}"), "").await.status, StatusCode::NOT_FOUND, "{way}");
        assert_eq!(inspector.post(&format!("{path}/{way}"), "").await.status, StatusCode::FORBIDDEN, "{way}");
    }
    assert!(!other.get("/imports").await.body.contains("机构.csv"));
    assert!(hr.get("/imports").await.body.contains("机构.csv"));
    assert!(hr.get(&path).await.body.contains("确认入库"), "nothing of that changed it");
    hr.post(&format!("{path}/discard"), "").await;
    assert_eq!(hr.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_import_reaches_it() {
    let office = Office::open().await;
    office.hr().await.import(&[UNITS], "").await;
    let unit = UnitId(office.store.units().await.expect("units")[0].unit_id);
    let others = [
        office.desk("nobody", None, None).await,
        office.desk("unit_hr", Some(Role::HrOfficer), Some(unit)).await,
        office.desk("inspector", Some(Role::Inspector), None).await,
        office.desk("auditor", Some(Role::AuditAdmin), None).await,
    ];
    for desk in &others {
        assert_eq!(desk.get("/imports").await.status, StatusCode::FORBIDDEN);
        assert_eq!(desk.upload(&[(UNITS.0, UNITS.1.as_bytes())]).await.status, StatusCode::FORBIDDEN);
    }
    let unknown = get(office.router.clone(), "/imports", &[]).await;
    assert!(unknown.header("location").starts_with("/sign-in"));
    for desk in [&others[0], &others[1], &others[3]] {
        assert_eq!(desk.get("/batches").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leafs_through_registers() {
    let office = Office::open().await;
    let (hr, inspector) = (office.hr().await, office.desk("inspector", Some(Role::Inspector), None).await);
    let path = hr.read(&[HOUSEHOLD]).await;
    let page = hr.get(&path).await;
    assert!(page.body.contains("只供纪检人员查看") && !page.body.contains("<h3>前"));
    hr.post(&format!("{path}/commit"), "&skip_bad=yes").await;
    hr.settled(&path).await;
    let batch = hr.batch("户籍信息").await;
    for way in [batch.clone(), format!("{batch}?q=H1"), format!("{batch}/left-out")] {
        let page = hr.get(&way).await;
        assert_eq!(page.status, StatusCode::OK);
        let hidden = page.body.contains("登记数据不逐行展示") || page.body.contains("仅供纪检人员查看");
        assert!(hidden && !page.body.contains("钟某"), "{way}");
        assert!(!page.body.contains("校验位"), "{way}");
    }
    assert_eq!(hr.get(&format!("{batch}/rows/2")).await.status, StatusCode::NOT_FOUND);

    // Inspectors see single rows, each through something on record: see tests/it/looks.rs.
    let page = inspector.get(&batch).await;
    assert!(page.body.contains("登记数据不逐行展示") && !page.body.contains("钟某"));
    assert_eq!(inspector.get(&format!("{batch}/rows/2")).await.status, StatusCode::NOT_FOUND);
    assert!(inspector.get(&format!("{batch}/left-out")).await.body.contains("校验位"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_found_by_word_but_masked_digits_are_not() {
    let office = Office::open().await;
    let hr = office.hr().await;
    hr.import(&[UNITS, PEOPLE], "").await;
    let batch = hr.batch("人员花名册").await;
    for (words, found) in [("P1", "共 1 行"), ("任某", "共 1 行"), ("", "共 2 行")] {
        let page = hr.get(&format!("{batch}?q={}", crate::web::error::percent_encoded(words))).await;
        assert!(page.body.contains(found), "{words}");
    }
    assert!(hr.get(&format!("{batch}?q=19691007")).await.body.contains("没有找到"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_table_is_refused_with_a_sentence() {
    let office = Office::open().await;
    let hr = office.hr().await;
    type Files<'f> = &'f [(&'f str, &'f [u8])];
    let unfit: [(Files<'_>, &str); 4] = [
        (&[], "请至少选择一个文件"),
        (&[("", b"")], "请至少选择一个文件"),
        (&[("通知.pdf", b"%PDF")], "“通知.pdf”不是可以读取的表格"),
        (&[("a.csv", b"x"), ("a.csv", b"y")], "有两个文件都叫“a.csv”"),
    ];
    for (files, sentence) in unfit {
        let answer = hr.upload(files).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(sentence), "{sentence}: {}", answer.body);
    }
    assert!(!hr.get("/imports").await.body.contains("/imports/"), "nothing of it was kept");
    let forged = hr.upload_with("forged", &[(UNITS.0, UNITS.1.as_bytes())]).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST);

    let path = hr.read(&[("信.csv", "今天天气很好\n"), ("空.csv", "")]).await;
    let page = hr.get(&path).await;
    assert!(page.body.contains("没有找到可识别的表头") && page.body.contains("文件没有内容"));
    assert!(!page.body.contains("确认入库") && !page.body.contains("剔除不合格的行，其余入库"));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_forgotten_after_a_day_and_gone_on_with_after_a_restart() {
    let office = Office::open().await;
    let hr = office.hr().await;
    let path = hr.read(&[UNITS]).await;
    office.store.forget_uploads(clock::now() - jiff::SignedDuration::from_hours(24)).await.expect("forgetting");
    assert_eq!(hr.get(&path).await.status, StatusCode::OK);

    // The process ends in the middle of a commit; the next one takes it up.
    let id = path.rsplit('/').next().unwrap().parse().expect("an id");
    use store::upload::Stage;
    assert!(office.store.move_upload(id, Stage::Read, Stage::Importing).await.expect("a move"));
    for upload in office.store.interrupted_uploads().await.expect("uploads") {
        importing::upload::start(office.store.clone(), upload);
    }
    assert!(hr.settled(&path).await.body.contains("入库结果"));
    assert!(hr.get("/batches").await.body.contains("机构.csv"));

    office.store.forget_uploads(clock::now()).await.expect("forgetting");
    assert_eq!(hr.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_out_of_its_pieces_as_it_went_in() {
    let office = Office::open().await;
    let hr = office.hr().await;
    hr.import(&[UNITS, PEOPLE], "").await;
    let mut text = "工号,日期,状态,备注\n".to_owned();
    let note = "长".repeat(2000);
    let mut days = 0;
    // Four pieces and a bit, with a letter across each border.
    while text.len() < 4 * store::upload::PART + 100 {
        let day = jiff::civil::date(2000, 1, 1) + jiff::Span::new().days(days);
        text.push_str(&format!("P1,{day},正常,{note}\n"));
        days += 1;
    }
    let path = hr.read(&[("考勤.csv", &text)]).await;
    use sha2::Digest;
    let digest = hex::encode(sha2::Sha256::digest(text.as_bytes()));
    let page = hr.get(&path).await;
    assert!(page.body.contains(&digest) && page.body.contains(&format!("共 {days} 行，合格 {days} 行")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_behind_a_score_are_for_who_may_read_it() {
    const INDICATORS: (&str, &str) = (
        "指标.csv",
        "指标编码,指标名称,类型,维度,权重,数据来源,计算公式,适用岗位\n\
         Q1,迟到次数,定量,勤,100,考勤打卡,按期内迟到次数分段:0-2次100分;3-5次80分;6-9次60分;>=10次0分,综合岗\n",
    );
    let office = Office::open().await;
    let hr = office.hr().await;
    hr.import(&[UNITS, PEOPLE, INDICATORS], "").await;
    let cycle = CycleDraft {
        regime: "civil_servant".to_owned(),
        kind: "annual".to_owned(),
        title: "2026年度".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: date(2026, 2, 1), scoring: date(2026, 11, 1), grading: date(2026, 12, 1) },
        exempt: Vec::new(),
    };
    office.act(Act::OpenCycle { cycle }).await;
    hr.import(&[ATTENDANCE], "&skip_bad=yes").await;
    let (own, colleague) = (office.employee("P1").await, office.employee("P2").await);
    let actor = office.store.actor(office.store.account_of_login("P1").await.unwrap().unwrap()).await.unwrap().unwrap();
    let sheet = office.store.reader(&actor).own_appraisals().await.unwrap()[0].appraisal_id;
    let way = format!("/appraisals/{sheet}/values/Q1");

    let page = own.get(&way).await;
    for words in ["steps(sum(迟到)", "按期内迟到次数分段", "考勤.csv", "2026-01-05", "迟到", "<dd>100</dd>"]
    {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(
        !page.body.contains("P2") && !page.body.contains("/batches/"),
        "neither other people's rows nor a way to them"
    );
    assert_eq!(colleague.get(&way).await.status, StatusCode::NOT_FOUND);
    assert_eq!(own.get(&format!("/appraisals/{sheet}/values/Q9")).await.status, StatusCode::NOT_FOUND);
    let batch = hr.batch("考勤记录").await;
    assert!(hr.get(&way).await.body.contains(&format!("href=\"{batch}/rows/2\"")));
    assert_eq!(own.get(&format!("{batch}/rows/2")).await.status, StatusCode::NOT_FOUND);
    assert!(own.get_in(&way, "en").await.body.contains("Rows of source data that were used"));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_languages_have_every_page() {
    let office = Office::open().await;
    let (hr, inspector) = (office.hr().await, office.desk("inspector", Some(Role::Inspector), None).await);
    let path = hr.read(&[UNITS, PEOPLE, ATTENDANCE]).await;
    let preview = hr.get_in(&path, "en").await;
    assert!(preview.body.contains("Some rows are bad") && preview.body.contains("This word is not known here"));
    hr.post(&format!("{path}/commit"), "&skip_bad=yes").await;
    hr.settled(&path).await;
    let batch = hr.batch("考勤记录").await;
    for (desk, way, words) in [
        (&hr, "/imports".to_owned(), "Choose tables exported"),
        (&hr, path, "What went on record"),
        (&inspector, "/batches".to_owned(), "A batch holds the rows"),
        (&inspector, batch.clone(), "late"),
        (&inspector, format!("{batch}/rows/2"), "Row 2"),
    ] {
        let page = desk.get_in(&way, "en").await;
        assert!(page.body.contains("<html lang=\"en\"") && page.body.contains(words), "{way}: {}", page.body);
    }
}
