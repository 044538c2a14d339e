use crate::web::testing::office::{Browser, Office, Shown};
use axum::http::StatusCode;
use domain::{
    act::Act,
    cycle::Ungraded,
    goal::GoalDraft,
    id::AppraisalId,
    progress::{LARGEST_ATTACHMENT, MOST_ATTACHMENTS},
};

fn goal(title: &str, measure: &str) -> GoalDraft {
    GoalDraft { id: None, title: title.to_owned(), measure: measure.to_owned(), due: None }
}

/// Somebody's goals, confirmed.
async fn agreed(office: &Office, number: &str) -> AppraisalId {
    let appraisal = office.sheet(number).await;
    let goals = vec![goal("办件", "一千件"), goal("调研", "两次")];
    office.does(number, Act::ProposeGoals { appraisal, goals, reason: String::new() }).await;
    office.does("A0", Act::EndorseGoals { appraisal, version: 1 }).await;
    // The leader is the head of the unit too: somebody else's eyes are asked for.
    office.does("HQ", Act::ConfirmGoals { appraisal, version: 1 }).await;
    appraisal
}

fn page(appraisal: AppraisalId) -> String {
    format!("/appraisals/{appraisal}")
}

/// The first goal that a page's report can be about.
fn first_goal(shown: &Shown) -> String {
    let select = shown.body.split("name=\"goal\"").nth(1).expect("a choice of goals");
    select.split("<option value=\"").nth(2).expect("a goal").split('"').next().expect("its id").to_owned()
}

/// Sends a report with files.
async fn report(browser: &Browser, at: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Shown {
    let shown = browser.get(at).await;
    let goal = first_goal(&shown);
    let mut filled = vec![("goal", goal.as_str())];
    filled.extend_from_slice(fields);
    browser.send_files(&shown, &shown.form("report_progress"), &filled, files).await
}

const DONE: [(&str, &str); 2] = [("percent#", "60"), ("text", "上半年办件六百件")];

#[tokio::test]
async fn progress_shows_its_files_to_those_who_may_read_it() {
    let office = Office::with_cycle().await;
    let at = page(agreed(&office, "A1").await);
    let mine = office.browser("A1").await;
    let content = "月份,件数\n一月,120\n".as_bytes();
    let shown = report(&mine, &at, &DONE, &[("件数.txt", content)]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    let href = shown.attachment("件数.txt");
    assert!(href.starts_with(&format!("{at}/attachments/")), "{href}");
    assert!(shown.text().contains("办件 · 已完成 60%"), "{}", shown.text());
    let answer = office.browser("A0").await.answer(&href).await;
    assert_eq!((answer.status, answer.body.as_bytes()), (StatusCode::OK, content));
    assert_eq!(answer.header("content-type"), "text/csv", "by its content, whatever it is called");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let name = "attachment; filename*=UTF-8''%E4%BB%B6%E6%95%B0.txt";
    assert_eq!(answer.header("content-disposition"), name);
    for login in ["A2", "B1", "sysadmin"] {
        assert_eq!(office.browser(login).await.get(&href).await.status, StatusCode::NOT_FOUND, "{login}");
    }
}

/// A digest stands in the record for many to read: it neither opens a file nor lets one be named.
#[tokio::test]
async fn a_guessed_digest_opens_nothing() {
    let office = Office::with_cycle().await;
    let (at, other) = (page(agreed(&office, "A1").await), agreed(&office, "A2").await);
    let shown = report(&office.browser("A1").await, &at, &DONE, &[("a.txt", b"secret of A1")]).await;
    let digest = shown.attachment("a.txt").rsplit('/').next().expect("a digest").to_owned();
    let theirs = office.browser("A2").await;
    assert_eq!(theirs.get(&format!("{}/attachments/{digest}", page(other))).await.status, StatusCode::NOT_FOUND);
    let shown = report(&theirs, &page(other), &[DONE[0], DONE[1], ("kept", &digest)], &[]).await;
    assert!(shown.text().contains("先前上传的一个附件已经过期"), "{}", shown.text());
    let goal = first_goal(&shown);
    let size = "secret of A1".len().to_string();
    let mut typed = vec![("goal", goal.as_str()), DONE[0], DONE[1]];
    typed.extend([
        ("attachments.0.digest", digest.as_str()),
        ("attachments.0.name", "a.txt"),
        ("attachments.0.size#", &size),
        ("attachments.0.media", "text/plain"),
    ]);
    let shown = theirs.send(&shown, &shown.form("report_progress"), &typed).await;
    assert!(shown.text().contains("附件“a.txt”没有上传成功"), "{}", shown.text());
}

#[tokio::test]
async fn a_report_needs_no_file_but_a_goal() {
    let office = Office::with_cycle().await;
    let at = page(agreed(&office, "A1").await);
    let mine = office.browser("A1").await;
    let shown = mine.get(&at).await;
    let form = shown.form("report_progress");
    let shown = mine.send_files(&shown, &form, &[("goal", ""), DONE[0], DONE[1]], &[("", b"")]).await;
    assert!(shown.text().contains("“目标”不能为空") && shown.body.contains("上半年办件六百件"), "{}", shown.text());
    // A browser sends an empty part where no file was chosen.
    let shown = report(&mine, &at, &DONE, &[("", b"")]).await;
    assert!(shown.text().contains("办件 · 已完成 60%"), "{}", shown.text());
    let shown = report(&mine, &at, &[("percent#", "101"), DONE[1]], &[]).await;
    assert!(!shown.text().contains("已完成 101%") && !shown.text().contains("提交的内容不完整"), "{}", shown.text());
}

#[tokio::test]
async fn a_refused_report_keeps_what_was_typed_and_the_files_that_were_fit() {
    let office = Office::with_cycle().await;
    let at = page(agreed(&office, "A1").await);
    let mine = office.browser("A1").await;
    let large = vec![b'a'; LARGEST_ATTACHMENT as usize + 1];
    let shown =
        report(&mine, &at, &DONE, &[("a.txt", b"fit"), ("b.txt", &large), ("c.exe", b"MZ\x00\x01"), ("d.txt", b"")])
            .await;
    let errors = shown.errors();
    let error = errors.values().next().expect("an error");
    for part in ["“b.txt”超过 10 MiB", "“c.exe”没有收下", "“d.txt”是空文件"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(errors.keys().all(|field| field.ends_with("-attachments")), "{errors:?}");
    assert!(shown.body.contains("上半年办件六百件") && shown.body.contains("value=\"60\""), "what was typed");
    assert!(!shown.text().contains("已完成 60%"), "nothing is on record");
    let kept = shown.kept();
    let again = report(&mine, &at, &[DONE[0], DONE[1], ("kept", &kept)], &[]).await;
    assert!(again.attachment("a.txt").ends_with(&kept), "{}", again.text());

    let many: Vec<(String, &[u8])> = (0..=MOST_ATTACHMENTS).map(|n| (format!("{n}.txt"), b"x".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    let shown = report(&mine, &at, &DONE, &many).await;
    assert!(shown.text().contains("“5.txt”没有收下：一次最多附 5 个文件"), "{}", shown.text());
}

#[tokio::test]
async fn files_without_the_token_are_not_taken() {
    let office = Office::with_cycle().await;
    let at = page(agreed(&office, "A1").await);
    let mine = office.browser("A1").await;
    let shown = mine.get(&at).await;
    let form = shown.form("report_progress").without("csrf_token");
    let answer = mine.send_files(&shown, &form, &DONE, &[("a.txt", b"x")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let account = office.store.account_of_login("A1").await.unwrap().unwrap();
    assert_eq!(office.store.count_handed_in(account).await.unwrap(), 0);
}

#[tokio::test]
async fn every_version_of_the_goals_tells_what_changed() {
    let office = Office::with_cycle().await;
    let appraisal = agreed(&office, "A1").await;
    let mine = office.browser("A1").await;
    let shown = mine.get(&page(appraisal)).await;
    let changed = [
        ("goals.0.title", "办件"),
        ("goals.0.measure", "一千二百件"),
        ("goals.0.due~", "2026-12-01"),
        ("goals.1.title", ""),
        ("goals.1.measure", ""),
        ("goals.2.title", "培训"),
        ("goals.2.measure", "三场"),
    ];
    let reasoned = |reason: &'static str| [&changed[..], &[("reason", reason)]].concat();
    let refused = mine.send(&shown, &shown.form("propose_goals"), &reasoned("")).await;
    assert!(refused.errors().keys().any(|field| field.ends_with("-reason")), "{}", refused.text());
    assert!(refused.body.contains("一千二百件"), "what was typed comes back");
    let shown = mine.send(&refused, &refused.form("propose_goals"), &reasoned("任务调整")).await;
    let text = shown.text();
    for told in [
        "第 2 版",
        "修改理由：任务调整",
        "办件 · 完成标准",
        "一千件",
        "一千二百件",
        "办件 · 完成期限",
        "2026年12月1日",
        "调研 · 目标",
        "培训 · 完成标准",
        "等待部门审核",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert_eq!(text.matches("办件 · 目标").count(), 1, "the title is new in the first version only: {text}");
    let leaders = office.browser("A0").await;
    let shown = leaders.get(&page(appraisal)).await;
    let returned = [("reason", "写明口径")];
    let shown = leaders.send(&shown, &shown.form("return_goals"), &returned).await;
    assert!(shown.text().contains("退回修改") && shown.text().contains("写明口径"), "{}", shown.text());
}

#[tokio::test]
async fn hr_leaves_somebody_ungraded_and_takes_that_back_with_reasons() {
    let office = Office::with_cycle().await;
    let appraisal = office.sheet("A1").await;
    let hr = office.browser("AH").await;
    let shown = hr.get(&page(appraisal)).await;
    let form = shown.form("change_participation");
    let refused = hr.send(&shown, &form, &[("ungraded~", Ungraded::Investigation.as_str()), ("note", "")]).await;
    assert!(refused.errors().keys().any(|field| field.ends_with("-note")), "{}", refused.text());
    let shown = hr.send(&shown, &form, &[("ungraded~", "investigation"), ("note", "甲纪〔2026〕3号")]).await;
    assert!(shown.text().contains("甲纪〔2026〕3号"), "{}", shown.text());
    let form = shown.form("change_participation");
    let shown = hr.send(&shown, &form, &[("note", "已结案")]).await;
    assert!(!shown.text().contains("甲纪〔2026〕3号"), "{}", shown.text());
    for login in ["A1", "A0", "IN"] {
        let shown = office.browser(login).await.get(&page(appraisal)).await;
        assert!(!shown.has_form("change_participation"), "{login}");
    }
}

#[tokio::test]
async fn the_trail_tells_what_changed_from_what_to_what_and_under_which_rule() {
    let office = Office::published().await;
    let appraisal = office.sheet("A1").await;
    let at = format!("{}/trail", page(appraisal));
    let hr = office.browser("AH").await.get(&at).await;
    for told in
        ["拟定等次", "优秀", "规则：由单位人事办理（本机关规定）", "制度：公务员法 38（已核对）", "的权重", "评分期限"]
    {
        assert!(hr.text().contains(told), "{told}: {}", hr.text());
    }
    // The slate is not hers to read: what was proposed is not in her trail either.
    let own = office.browser("A1").await.get(&at).await;
    assert!(!own.text().contains("拟定等次") && !own.text().contains("优秀"), "{}", own.text());
    assert!(own.text().contains("职工A0的权重"), "{}", own.text());
    assert!(own.body.contains("/receipts/"), "each line leads to its proof");
    for login in ["A2", "B1", "sysadmin"] {
        assert_eq!(office.browser(login).await.get(&at).await.status, StatusCode::NOT_FOUND, "{login}");
    }
}

#[tokio::test]
async fn the_trail_of_goals_tells_each_field_and_the_words_of_who_sent_them_back() {
    let office = Office::with_cycle().await;
    let appraisal = office.sheet("A1").await;
    let goals = vec![goal("办件", "一千件")];
    office.does("A1", Act::ProposeGoals { appraisal, goals, reason: String::new() }).await;
    let (step, reason) = (domain::goal::Step::Endorse, "写明口径".to_owned());
    office.does("A0", Act::ReturnGoals { appraisal, version: 1, step, reason }).await;
    let shown = office.browser("A1").await.get(&format!("{}/trail", page(appraisal))).await;
    for told in ["办件 · 完成标准", "一千件", "写明口径", "规则：本人的事由本人办理（公务员法 38）", "目标下一环节期限"]
    {
        assert!(shown.text().contains(told), "{told}: {}", shown.text());
    }
    assert!(!shown.text().contains("权限规则此后有修订"), "the rules are those of the day");
}

#[test]
fn every_policy_that_lets_an_act_happen_has_a_name() {
    use crate::web::locale::Locale;
    let policies = policy::Policies::built_in().expect("the policies");
    for id in policies.permitting().filter(|id| !id.starts_with("read-")) {
        let key = format!("rule-{id}");
        assert_ne!(Locale::En.get(&key), key);
    }
}

/// Who stays out of a case does not look into it: the page says why, and to nobody but them.
#[tokio::test]
async fn a_tied_leader_is_told_why_the_page_is_closed() {
    let office = Office::with_cycle().await;
    let (sheet, a0, a1) = (
        office.sheet("A1").await,
        crate::web::testing::office::id_number(3),
        crate::web::testing::office::id_number(5),
    );
    let leader = office.browser("A0").await;
    assert_eq!(leader.get(&page(sheet)).await.status, StatusCode::OK);
    let register = format!("户号,姓名,身份证号,与户主关系,配偶身份证号\nH1,职工A1,{a1},户主,{a0}\n");
    office.imports("户籍信息.csv", &register).await;
    for path in [page(sheet), format!("{}/trail", page(sheet)), format!("{}/assessors", page(sheet))] {
        let shown = leader.get(&path).await;
        let text = shown.text();
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{path}: {text}");
        assert!(text.contains("夫妻关系") && text.contains("公务员法"), "{text}");
    }
    assert_eq!(leader.answer(&format!("/api{}", page(sheet))).await.status, StatusCode::FORBIDDEN);
    let list = leader.get(&format!("/cycles/{}/participants", office.cycle().await)).await;
    assert!(!list.body.contains(&sheet.to_string()) && list.body.contains(&office.sheet("A2").await.to_string()));
    assert!(!leader.get("/").await.body.contains(&sheet.to_string()));
    assert_eq!(office.browser("B1").await.get(&page(sheet)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.browser("A1").await.get(&page(sheet)).await.status, StatusCode::OK);
}
