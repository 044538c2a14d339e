//! Looking after accounts.

use crate::fresh::{Fresh, on_both};
use crate::visitor::{Answer, Office, PASSWORD, refused};
use axum::http::{StatusCode, header};
use domain::{
    act::Act,
    actor::{Grant, Role},
    id::AccountId,
    refusal::Reason,
};
use server::web::locale::Locale;
use store::{Error, secret::Secret};

on_both! {
    the_console_opens_the_first_account_whole_or_not_at_all,
    a_first_password_is_shown_once,
    a_lock_a_role_and_a_reset_end_the_sessions_at_once,
    who_may_not_look_after_accounts_finds_none,
    accounts_are_found_filtered_and_paged,
    roles_that_exclude_each_other_are_not_offered_and_refused_with_a_sentence,
    only_hr_officers_are_of_one_unit_and_the_unit_has_to_be_there,
    one_administrator_never_replaces_both_factors,
    nobody_locks_themselves_and_a_locked_account_is_told_after_the_right_secrets_alone,
    secrets_are_set_on_their_own_pages_alone,
    accounts_are_opened_one_by_one,
    everyone_on_the_roster_gets_an_account_and_the_list_is_handed_out_once,
}

const NEW: &str = "a boat under four bridges";

async fn the_console_opens_the_first_account_whole_or_not_at_all(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let add = |login: &'static str, password: &'static str| {
        let store = office.store.clone();
        async move { server::users::add(&store, login, "首任系统管理员", Some(Role::SystemAdmin), password).await }
    };
    let easy = add("chief", "password1234").await.expect_err("too easy").to_string();
    assert!(easy.starts_with("This password is easy to guess"), "{easy}");
    assert_eq!(office.store.account_of_login("chief").await.expect("a read"), None, "nothing was done");
    add("chief", NEW).await.expect("an account");
    let again = add("chief", NEW).await.expect_err("it is there");
    let told = server::web::words::of_console(&again);
    assert!(told.contains("chief") && told.ends_with('.'), "a sentence: {told}");
}

async fn a_first_password_is_shown_once(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("newcomer", &[]).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let page = format!("/accounts/{account}");
    let form = admin.get(&page).await;
    let (token, key) = (form.field("csrf_token"), form.field("idempotency_key"));
    let fields = [("csrf_token", token.as_str()), ("idempotency_key", key.as_str())];
    let action = format!("{page}/password");
    let first = admin.post(&action, &fields).await.element("first-password");
    let repeated = admin.post(&action, &fields).await;
    assert!(repeated.says("accounts-first-password-was-shown") && !repeated.body.contains(&first));
    assert_eq!(office.visitor().signs_in("newcomer", &first, "").await.status, StatusCode::SEE_OTHER, "it still holds");
}

async fn a_lock_a_role_and_a_reset_end_the_sessions_at_once(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let grant = Grant { role: Role::Approver, unit: None };
    let hash = server::web::password::hash(NEW).await.expect("a hash");
    for (login, act, secret) in [
        ("locked", (|account| Act::LockAccount { account, reason: "离职".to_owned() }) as fn(AccountId) -> Act, None),
        ("granted", |account| Act::GrantRole { account, grant: Grant { role: Role::Approver, unit: None } }, None),
        ("reset", |account| Act::SetPassword { account }, Some(Secret::Password(hash))),
    ] {
        let mut visitor = office.signed_in(login, &[]).await;
        let account = office.store.account_of_login(login).await.expect("a read").expect("an account");
        let by = match login {
            "granted" => office.account(&format!("sec-{login}"), &[Role::SecurityAdmin]).await,
            _ => office.account(&format!("sys-{login}"), &[Role::SystemAdmin]).await,
        };
        let (by, key) = (office.actor(by).await, office.store.new_key());
        match secret {
            Some(secret) => office.store.act_with(&by, key, act(account), secret).await.expect("an act"),
            None => office.store.act(&by, key, act(account)).await.expect("an act"),
        };
        assert!(visitor.get("/").await.location().starts_with("/sign-in"), "{login}");
    }
    // A role that was taken back does not count for an act that is already on its way.
    let security = office.account("security", &[Role::SecurityAdmin]).await;
    let (stale, anna) = (office.actor(security).await, office.account("anna", &[]).await);
    let revoke = Act::RevokeRole { account: security, grant: Grant { role: Role::SecurityAdmin, unit: None } };
    let other = office.account("other", &[Role::SecurityAdmin]).await;
    office.store.act(&office.actor(other).await, office.store.new_key(), revoke).await.expect("revoked");
    let late = office.store.act(&stale, office.store.new_key(), Act::GrantRole { account: anna, grant }).await;
    assert!(matches!(late, Err(Error::Denied(_))), "{late:?}");
}

async fn who_may_not_look_after_accounts_finds_none(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let sysadmin = office.account("sysadmin", &[Role::SystemAdmin]).await;
    for (login, roles) in [("employee", &[][..]), ("hr", &[Role::HrOfficer][..]), ("inspector", &[Role::Inspector][..])]
    {
        let mut visitor = office.signed_in(login, roles).await;
        let guessed = format!("/accounts/{sysadmin}");
        for path in ["/accounts", &guessed, "/accounts/roster"] {
            assert_eq!(visitor.get(path).await.status, StatusCode::NOT_FOUND, "{login} {path}");
        }
        assert_eq!(visitor.get("/accounts/new").await.status, StatusCode::FORBIDDEN, "{login}");
        let token = visitor.get("/account").await.field("csrf_token");
        let key = office.store.new_key().to_string();
        let fields =
            [("csrf_token", token.as_str()), ("idempotency_key", key.as_str()), ("login", "x1"), ("name", "x")];
        for (action, status) in [
            (format!("{guessed}/password"), StatusCode::NOT_FOUND),
            ("/accounts/roster".to_owned(), StatusCode::NOT_FOUND),
            ("/accounts/new".to_owned(), StatusCode::FORBIDDEN),
        ] {
            assert_eq!(visitor.post(&action, &fields).await.status, status, "{login} {action}");
        }
    }
    for (login, role) in [("security", Role::SecurityAdmin), ("auditor", Role::AuditAdmin)] {
        let mut visitor = office.signed_in(login, &[role]).await;
        assert_eq!(visitor.get("/accounts").await.status, StatusCode::OK, "{login} looks on");
        assert_eq!(visitor.get(&format!("/accounts/{sysadmin}")).await.status, StatusCode::OK);
        assert_eq!(visitor.get("/accounts/roster").await.status, StatusCode::NOT_FOUND, "and opens none");
        let reset = format!("/accounts/{sysadmin}/password");
        assert_eq!(
            visitor.fill("/accounts", &reset, &[]).await.status,
            StatusCode::FORBIDDEN,
            "{login} sets no password"
        );
    }
}

async fn accounts_are_found_filtered_and_paged(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    for number in 0..60 {
        office.account(&format!("w{number:03}"), &[]).await;
    }
    office.account("odd_one", &[Role::Inspector]).await;
    let count = |answer: Answer| answer.body.matches("href=\"/accounts/0").count();
    assert_eq!(count(admin.get("/accounts").await), 50);
    assert_eq!(count(admin.get("/accounts?page=2").await), 12);
    assert_eq!(count(admin.get("/accounts?q=w01").await), 10);
    assert_eq!(count(admin.get("/accounts?q=d_o").await), 1, "an underscore is an underscore");
    assert_eq!(count(admin.get("/accounts?q=%25").await), 0, "a percent sign is a percent sign");
    assert_eq!(count(admin.get("/accounts?role=inspector").await), 1);
    assert_eq!(count(admin.get("/accounts?state=no_second_factor").await), 1);
    assert_eq!(count(admin.get("/accounts?state=no_password&role=system_admin").await), 0);
    assert!(admin.get("/accounts?q=nothing").await.says("accounts-empty"));
}

async fn roles_that_exclude_each_other_are_not_offered_and_refused_with_a_sentence(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let hr = office.account("hr", &[Role::HrOfficer]).await;
    let mut security = office.signed_in("security", &[Role::SecurityAdmin]).await;
    let page = format!("/accounts/{hr}");
    let shown = security.get(&page).await;
    let offered = |role: Role| shown.body.contains(&format!("<option value=\"{}\"", role.as_str()));
    assert!(offered(Role::Approver));
    for role in [Role::Inspector, Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
        assert!(!offered(role), "{role:?}");
    }
    let account = hr.to_string();
    let form_name = format!("grant_role-{hr}");
    let grant = |role: &'static str| {
        let at = [("form_name", form_name.as_str()), ("form_at", page.as_str()), ("return_to", page.as_str())];
        let mut fields = at.to_vec();
        fields.extend([("account", account.as_str()), ("grant.role", role), ("grant.unit~", "")]);
        fields
    };
    security.fill(&page, "/acts/grant_role", &grant("audit_admin")).await;
    assert!(security.get(&page).await.says("policy-administrators-apart"));
    security.fill(&page, "/acts/grant_role", &grant("inspector")).await;
    assert!(security.get(&page).await.says("policy-inspectors-apart"));
    security.fill(&page, "/acts/grant_role", &grant("approver")).await;
    assert!(office.actor(hr).await.has(Role::Approver));

    let own = format!("/accounts/{}", office.store.account_of_login("security").await.expect("a read").expect("one"));
    let own = security.get(&own).await;
    assert!(!own.says("accounts-revoke") && !own.body.contains("/acts/grant_role"), "nothing for oneself");
}

async fn only_hr_officers_are_of_one_unit_and_the_unit_has_to_be_there(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let (anna, by) = (office.account("anna", &[]).await, office.account("security", &[Role::SecurityAdmin]).await);
    let (by, nowhere) = (office.actor(by).await, Some(office.store.new_key().into()));
    for (role, reason) in [(Role::Approver, Reason::RoleOfAuthority), (Role::HrOfficer, Reason::UnitUnknown)] {
        let grant = Act::GrantRole { account: anna, grant: Grant { role, unit: nowhere } };
        let refused = office.store.act(&by, office.store.new_key(), grant).await;
        assert!(matches!(&refused, Err(Error::Refused(refusal)) if refusal.reason == reason), "{refused:?}");
    }
}

async fn one_administrator_never_replaces_both_factors(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let inspector = office.account("inspector", &[Role::Inspector]).await;
    office.own_password(inspector).await;
    let (one, other) =
        (office.account("one", &[Role::SystemAdmin]).await, office.account("other", &[Role::SystemAdmin]).await);
    let (one, other) = (office.actor(one).await, office.actor(other).await);
    let reset = || Secret::Password("a hash".to_owned());
    let (set, clear) = (Act::SetPassword { account: inspector }, Act::ClearSecondFactor { account: inspector });
    let store = &office.store;
    let forbidden = |result: Result<_, Error>| {
        let expected = matches!(&result, Err(Error::Denied(denied)) if denied.forbidden_by == ["never-both-factors"]);
        assert!(expected, "{:?}", result.map(|_: store::Receipt| ()));
    };
    office.second_factor(inspector, &[]).await;
    store.act_with(&one, store.new_key(), set.clone(), reset()).await.expect("a first password");
    forbidden(store.act(&one, store.new_key(), clear.clone()).await);
    store.act(&other, store.new_key(), clear.clone()).await.expect("cleared by another");

    office.own_password(inspector).await;
    office.second_factor(inspector, &[]).await;
    store.act(&one, store.new_key(), clear).await.expect("cleared");
    forbidden(store.act_with(&one, store.new_key(), set.clone(), reset()).await);
    let credential = store.credential(inspector).await.expect("a read");
    assert!(credential.totp.is_none(), "what was cleared asks for no code any more");
    assert!(credential.password.is_some_and(|hash| hash != "a hash"));
    store.act_with(&other, store.new_key(), set, reset()).await.expect("a first password by another");
}

async fn nobody_locks_themselves_and_a_locked_account_is_told_after_the_right_secrets_alone(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let anna = office.account("anna", &[]).await;
    office.own_password(anna).await;
    let admin = office.account("sysadmin", &[Role::SystemAdmin]).await;
    let by = office.actor(admin).await;
    let lock = |account| Act::LockAccount { account, reason: "离职".to_owned() };
    let own = office.store.act(&by, office.store.new_key(), lock(admin)).await;
    assert!(matches!(&own, Err(Error::Denied(denied)) if denied.forbidden_by == ["not-lock-oneself"]), "{own:?}");
    office.store.act(&by, office.store.new_key(), lock(anna)).await.expect("locked");
    refused(&office.visitor().signs_in("anna", "guess", "").await, "sign-in-wrong");
    assert!(office.visitor().signs_in("anna", PASSWORD, "").await.says("sign-in-locked"));
}

async fn secrets_are_set_on_their_own_pages_alone(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let anna = office.account("anna", &[]).await;
    let id = anna.to_string();
    let answer = admin.fill("/accounts", "/acts/set_password", &[("account", &id)]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.says("refusal-secret-missing"));
    assert!(office.store.account(anna).await.expect("a read").expect("an account").password_set.is_none());
}

async fn accounts_are_opened_one_by_one(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let open = |number: &'static str, login: &'static str, name: &'static str| {
        [("number", number), ("login", login), ("name", name)]
    };
    let form = "/accounts/new";
    for (fields, key) in
        [(open("", "x", "甲"), "refusal-login-unfit"), (open("YT9999", "", ""), "refusal-person-unknown")]
    {
        refused(&admin.fill(form, form, &fields).await, key);
    }
    let taken = admin.fill(form, form, &open("", "sysadmin", "甲")).await;
    assert!(taken.body.contains(&Locale::ZhCn.with("refusal-login-taken", &[("login", "sysadmin")])));
    assert!(taken.body.contains("value=\"甲\""), "what was typed is still there");
    let opened = admin.fill(form, form, &open("", "deputy", "副职")).await;
    assert!(opened.location().starts_with("/accounts/"), "{}", opened.body);
    let page = admin.get(opened.location()).await;
    assert!(page.body.contains("副职") && page.says("event-account_opened"));
}

async fn everyone_on_the_roster_gets_an_account_and_the_list_is_handed_out_once(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let people = [
        "工号,姓名,身份证号,单位,编制类型,岗位类别",
        "K1,王一,99010419691007893X,甲局,公务员,综合管理岗",
        "K2,李二,990104197102201754,甲局,公务员,综合管理岗",
        "号三,赵三,990106196912043274,甲局,公务员,综合管理岗",
    ];
    office.roster(&people.join("\n")).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let page = admin.get("/accounts/roster").await;
    assert!(page.body.contains("K1 王一"), "{}", page.body);
    let file = admin.fill("/accounts/roster", "/accounts/roster", &[]).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let cells = |line: &'_ str| line[1..line.len() - 1].split("\",\"").map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = file.body.lines().skip(1).map(cells).collect();
    assert_eq!(rows.len(), 3, "{}", file.body);
    let unfit = rows.iter().find(|row| row[0] == "号三").expect("a line for everyone");
    assert_eq!((unfit[3].as_str(), &unfit[4]), ("", &Locale::ZhCn.get("refusal-login-unfit")));
    let first = rows.iter().find(|row| row[0] == "K1").expect("a line for everyone");
    assert_eq!((first[1].as_str(), first[2].as_str()), ("王一", "甲局"));
    let mut visitor = office.visitor();
    visitor.signs_in("K1", &first[3], "").await;
    assert_eq!(visitor.get("/").await.location(), "/account/password");

    let again = admin.fill("/accounts/roster", "/accounts/roster", &[]).await;
    assert!(!again.body.contains("K1") && again.body.contains("号三"), "{}", again.body);
    assert_eq!(office.store.audit(0, |_| ()).await.expect("an audit").differences, []);
}
