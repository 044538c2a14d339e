//! Looks at ties in the example city: the pages say what the registers say, to whoever looked and to nobody else, until their
//! time is over; and whom it concerned reads that somebody looked.

use crate::{
    city::{CONSOLE, City},
    fresh::{Fresh, on_both},
    routes::{Answer, Browser},
    story::files,
};
use axum::Router;
use domain::{
    act::Act,
    actor::{Grant, Role},
    context::CHINA,
};
use jiff::civil::{Date, date};
use server::{
    clock,
    importing::{self, Options},
    web::{self, App},
};
use store::Store;
use uuid::Uuid;

on_both!(inspectors_look_and_others_find_out);

const INSPECTOR: &str = "YT0481";
const OTHER_INSPECTOR: &str = "YT0016";
const HR: &str = "YT0319";
const EMPLOYEE: &str = "YT0035";

async fn inspectors_look_and_others_find_out(fresh: Fresh) {
    let city = City::new(fresh, date(2026, 10, 9)).await;
    set_up(&city).await;
    on(date(2026, 10, 9));
    // The pages go by the product's own clock.
    let store = city.another_with(clock::now).await;
    let router = web::app(App { demo: true, ..App::new(store.clone()) });
    let inspector = Browser::enter(&router, INSPECTOR).await;

    a_look_begins_with_a_form(&inspector).await;
    let pair = looks(&inspector, &store, "YT0154", Some("YT0171")).await;
    the_pair_page_says_who_is_who(&inspector, &pair).await;
    let network = looks(&inspector, &store, "YT0099", None).await;
    the_network_page_draws_and_tells_the_same(&inspector, &network).await;
    companies_are_told_with_roles_and_sums(&inspector, &store).await;
    let concerned = looks(&inspector, &store, HR, Some("YT0330")).await;
    nobody_else_opens_it(&router, &[&pair, &network, &concerned]).await;
    whom_it_concerns_reads_of_it(&router).await;

    // Nobody stays signed in overnight.
    on(date(2026, 10, 10));
    let inspector = Browser::enter(&router, INSPECTOR).await;
    let open = inspector.gets(&pair).await;
    assert!(open.status == 200 && open.body.contains("外甥女"), "a working day in lieu of the holidays");
    on(date(2026, 10, 13));
    let inspector = Browser::enter(&router, INSPECTOR).await;
    for look in [&pair, &network] {
        let over = inspector.gets(look).await;
        assert_eq!(over.status, 200);
        assert!(over.body.contains("请以现在的理由重新查看") && !over.body.contains("外甥女"), "{}", over.body);
        let told = inspector.gets(&format!("/api{look}")).await.json();
        assert_eq!((told["state"].as_str(), told["kin"].is_null()), (Some("closed"), true));
        assert!(told["network"].is_null());
    }
    city.is_whole().await;
}

fn on(day: Date) {
    clock::set(CHINA.to_timestamp(day.at(9, 0, 0, 0)).expect("a time"));
}

/// All of the office's files, two inspectors, HR, and an employee.
async fn set_up(city: &City) {
    let all = importing::gather(&[files()]).expect("files");
    let options = Options { skip_bad: true, dry_run: false };
    importing::import(&city.store, &city.who(CONSOLE).await, all, options).await.expect("an import");
    let inspect = Some(Role::Inspector);
    for (number, role) in
        [(INSPECTOR, inspect), (OTHER_INSPECTOR, inspect), (HR, Some(Role::HrOfficer)), (EMPLOYEE, None)]
    {
        let person = Some(city.person(number).await);
        city.does(CONSOLE, Act::OpenAccount { login: number.to_owned(), person, name: None }).await;
        let account = city.store.account_of_login(number).await.expect("a read").expect("an account");
        if let Some(role) = role {
            city.does(CONSOLE, Act::GrantRole { account, grant: Grant { role, unit: None } }).await;
        }
    }
}

/// The form as a browser without a script sends it; where the look is.
async fn looks(inspector: &Browser, store: &Store, who: &str, with: Option<&str>) -> String {
    let found = inspector.gets(&format!("/looks?who={who}&with={}", with.unwrap_or_default())).await;
    assert_eq!(found.status, 200, "{}", found.body);
    let field = |name: &str| {
        let of_act = found.body.split("action=\"/acts/look_at_ties\"").nth(1).expect("the form");
        let value = of_act.split(&format!("name=\"{name}\" value=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.map(str::to_owned)
    };
    let fields = ["csrf_token", "idempotency_key", "form_name", "form_at", "return_to", "person", "other"];
    let filled = fields.into_iter().filter_map(|name| Some((name, field(name)?)));
    let mut sent: Vec<String> = filled.map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
    sent.push(format!("reason={}", encoded("信访件第七号")));
    let done = inspector.sends("POST", "/acts/look_at_ties", &sent.join("&"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = done.header("location").to_owned();
    assert!(page.starts_with("/looks/") && !page.contains("made"), "{page}");
    assert!(store.newest().await.expect("a read").is_some());
    page
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn a_look_begins_with_a_form(inspector: &Browser) {
    let nobody = inspector.gets("/looks?who=YT9999").await;
    assert!(nobody.body.contains("YT9999") && nobody.body.contains("error-summary"), "{}", nobody.body);
    let namesakes = inspector.gets(&format!("/looks?with={}", encoded("YT0035"))).await;
    assert!(namesakes.body.contains("请先填写查看谁的关联"));
    let none = inspector.gets("/looks").await;
    assert!(none.body.contains("您还没有查看过任何人的关联"));
    let refused = inspector.gets("/looks?who=YT0035&with=YT0035").await;
    assert_eq!(refused.status, 200);
}

async fn the_pair_page_says_who_is_who(inspector: &Browser, page: &str) {
    let shown = inspector.gets(page).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    for told in ["外甥女 · ", "niece", "三代以内旁系血亲关系", "公务员回避规定 5(三)", "户籍信息", "/rows/"]
    {
        assert!(shown.body.contains(told), "{told}: {}", shown.body);
    }
    no_number(&shown);
    let row = format!("/batches/{}", a_source(&shown));
    let opened = inspector.gets(&row).await;
    assert_eq!(opened.status, 200, "the inspector opens the row");
    no_number(&opened);
    let (way, look) = row.split_once('?').expect("through the look");
    let (batch, _) = way.rsplit_once('/').expect("a number");
    let nothing = format!("look={}", Uuid::nil());
    for elsewhere in [way.to_owned(), format!("{batch}/2?{look}"), format!("{way}?{nothing}")] {
        assert_eq!(inspector.gets(&elsewhere).await.status, 404, "{elsewhere}");
    }
    let told = inspector.gets(&format!("/api{page}")).await.json();
    assert_eq!(told["kin"]["class"], "collateral");
    assert_eq!(told["kin"]["hops"].as_array().expect("hops").len(), 3);
    assert_eq!(told["state"], "open");
}

/// The first row that a page names as a source.
fn a_source(page: &Answer) -> &str {
    page.body.split("href=\"/batches/").nth(1).and_then(|rest| rest.split('"').next()).expect("a source")
}

/// No ID number of anybody stands on a page.
fn no_number(page: &Answer) {
    let long = page.body.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() >= 15);
    assert_eq!(long, None);
}

async fn the_network_page_draws_and_tells_the_same(inspector: &Browser, page: &str) {
    let shown = inspector.gets(page).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    no_number(&shown);
    let (svg, table) = parts(&shown.body);
    for name in ["周玉珊", "云汀垚通建材有限公司", "冯敬川", "曹嘉轩"] {
        assert!(svg.contains(&format!("<title>{name}")), "{name} is not drawn");
        assert!(table.contains(name), "{name} is not in the table");
    }
    let (marks, rows) = (svg.matches("href=\"#node-").count(), table.matches("id=\"node-").count());
    assert_eq!(marks, rows, "as many marks as lines");
    assert!(rows > 3);
    assert!(table.contains("股东") && table.contains("妻子"), "{table}");
    let told = inspector.gets(&format!("/api{page}")).await.json();
    assert_eq!(told["network"]["nodes"].as_array().expect("nodes").len(), rows);
    // Only staff: neither his wife nor the company.
    let staff = inspector.gets(&format!("{page}?chosen=yes&kind=business&kind=spouse&only=staff")).await;
    let (svg, table) = parts(&staff.body);
    assert!(svg.contains("冯敬川") && !svg.contains("周玉珊") && !table.contains("云汀垚通"));
    // No kind of tie: nobody.
    let nobody = inspector.gets(&format!("{page}?chosen=yes")).await;
    assert!(nobody.body.contains("没有可显示的内容"));
}

fn parts(body: &str) -> (&str, &str) {
    let svg = body.split("<svg class=\"network-svg\"").nth(1).and_then(|rest| rest.split("</svg>").next());
    let table = body.split("id=\"network-table\"").nth(1).and_then(|rest| rest.split("</table>").next());
    (svg.expect("a drawing"), table.expect("a table"))
}

async fn companies_are_told_with_roles_and_sums(inspector: &Browser, store: &Store) {
    let page = looks(inspector, store, "YT0099", Some("YT0116")).await;
    let shown = inspector.gets(&page).await;
    for told in ["云汀垚通建材有限公司", "周玉珊", "股东", "XM20260206", "业务关联", "妻子", " 元"]
    {
        assert!(shown.body.contains(told), "{told}: {}", shown.body);
    }
    assert!(shown.body.contains("没有四类亲属关系"));
    let told = inspector.gets(&format!("/api{page}")).await.json();
    assert_eq!(told["companies"][0]["recuses"], true);
    assert_eq!(told["companies"][0]["of_person"][0]["role"], "owner");
}

async fn nobody_else_opens_it(router: &Router, looks: &[&String]) {
    for login in [OTHER_INSPECTOR, HR, EMPLOYEE] {
        let other = Browser::enter(router, login).await;
        for look in looks {
            assert_eq!(other.gets(look).await.status, 404, "{login} {look}");
            assert_eq!(other.gets(&format!("/api{look}")).await.status, 404, "{login} {look}");
        }
    }
    for login in [HR, EMPLOYEE] {
        let other = Browser::enter(router, login).await;
        assert_eq!(other.gets("/looks").await.status, 403, "{login}");
    }
    let nobody = Browser::nobody(router);
    assert_eq!(nobody.gets(looks[0]).await.status, 303);
}

async fn whom_it_concerns_reads_of_it(router: &Router) {
    let hr = Browser::enter(router, HR).await;
    let own = hr.gets("/account/looks").await;
    assert!(own.body.contains("您与另一人之间的关联"), "{}", own.body);
    assert!(!own.body.contains("YT0330") && !own.body.contains("信访件"), "nothing of the other, nor why");
    let receipt =
        own.body.split("href=\"/receipts/").nth(1).and_then(|rest| rest.split('"').next()).expect("a receipt");
    assert_eq!(hr.gets(&format!("/receipts/{receipt}")).await.status, 200);
    let employee = Browser::enter(router, EMPLOYEE).await;
    assert!(employee.gets("/account/looks").await.body.contains("没有人查看过您的关联"));
    assert_eq!(employee.gets(&format!("/receipts/{receipt}")).await.status, 404);
    assert!(employee.gets("/account").await.body.contains("/account/looks"));
}
