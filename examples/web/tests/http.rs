//! The service as its users see it: over HTTP.

use std::time::Duration;

use eventsource_core::prelude::*;
use eventsource_web::Stock;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const POSITION: &str = "Eventsource-Position";

/// The service on a port of its own.
struct Service {
    stock: Stock,
    base: String,
    client: Client,
}

impl Service {
    async fn start() -> Self {
        Self::on("sqlite::memory:").await
    }

    /// The same, from the store at this URL.
    async fn on(url: &str) -> Self {
        let store = eventsource_stores::open(url).await.unwrap();
        let stock = App::builder(store).after_timeout(Duration::from_millis(500));
        let stock = stock.start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = eventsource_web::router(stock.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            stock,
            base,
            client: Client::new(),
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        let request = self.request(Method::POST, path).json(&body);
        request.send().await.unwrap()
    }

    /// What a read gives once it shows what this answer's command wrote.
    async fn get_after(&self, answer: &Response, path: &str) -> Value {
        let request = self.request(Method::GET, path);
        let request = request.header(POSITION, answer.headers()[POSITION].clone());
        let read = request.send().await.unwrap();
        assert_eq!(read.status(), StatusCode::OK);
        read.json().await.unwrap()
    }

    async fn register(&self, sku: &str) -> Response {
        let body = json!({"sku": sku, "name": format!("the {sku}")});
        let answer = self.post("/items", body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_from_a_cluster_with_its_read_models_in_a_file() {
    let server = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let views = folder.path().join("views.db");
    let log = uuid::Uuid::now_v7().simple();
    let url = format!("{server}?log={log}&views=sqlite:{}", views.display());
    let service = Service::on(&url).await;

    let registered = service.register("desk-42").await;
    assert!(registered.status().is_success());
    let item = service.get_after(&registered, "/items/desk-42").await;

    assert_eq!(item["sku"], "desk-42");
    service.stock.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_command_goes_in_and_the_view_that_waits_for_it_comes_out() {
    let service = Service::start().await;

    let registered = service.register("bolt").await;
    assert_eq!(registered.headers()["location"], "/items/bolt");
    let received = service
        .post("/items/bolt/receive", json!({"quantity": 7}))
        .await;
    assert_eq!(received.status(), StatusCode::NO_CONTENT);
    let picked = service
        .post("/items/bolt/pick", json!({"quantity": 2}))
        .await;
    assert_eq!(picked.status(), StatusCode::NO_CONTENT);

    let item = service.get_after(&picked, "/items/bolt").await;
    assert_eq!(
        item,
        json!({"sku": "bolt", "name": "the bolt", "on_hand": 5})
    );
}

#[tokio::test]
async fn an_item_may_have_any_name() {
    let service = Service::start().await;
    let sku = "nuts & bolts/M8 \u{1f529}\r\n";
    let registered = service.register(sku).await;
    let location = registered.headers()["location"].to_str().unwrap();
    let item = service.get_after(&registered, location).await;
    assert_eq!(item["sku"], sku);
}

#[tokio::test]
async fn items_are_listed_page_by_page() {
    let service = Service::start().await;
    for sku in ["a", "b", "c", "d"] {
        service.register(sku).await;
    }
    let last = service.register("e").await;
    let mut pages = Vec::new();
    let mut path = "/items?limit=2".to_owned();
    loop {
        let page = service.get_after(&last, &path).await;
        let skus = page.as_array().unwrap().iter();
        let skus: String = skus.map(|item| item["sku"].as_str().unwrap()).collect();
        let Some(end) = skus.chars().last() else {
            break;
        };
        path = format!("/items?limit=2&after={end}");
        pages.push(skus);
    }
    assert_eq!(pages, ["ab", "cd", "e"]);
}

#[tokio::test]
async fn a_command_that_is_sent_again_under_its_key_is_carried_out_once() {
    let service = Service::start().await;
    service.register("bolt").await;
    let receive = |quantity: u32| {
        let request = service.request(Method::POST, "/items/bolt/receive");
        let request = request.header("Idempotency-Key", "0192f0c1-0d4b-7cc5-9a51-9a3b5c1d2e3f");
        request.json(&json!({"quantity": quantity})).send()
    };

    let first = receive(7).await.unwrap();
    let again = receive(7).await.unwrap();

    assert_eq!(again.status(), StatusCode::NO_CONTENT);
    assert_eq!(again.headers()[POSITION], first.headers()[POSITION]);
    let item = service.get_after(&again, "/items/bolt").await;
    assert_eq!(item["on_hand"], 7);
    let other = receive(8).await.unwrap();
    assert_eq!(problem(other).await, (422, "/problems/key-reused".into()));
}

/// The status and the type of a problem, which has to be one.
async fn problem(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"].clone();
    assert_eq!(kind, "application/problem+json");
    let unavailable = answer.headers().get("retry-after").is_some();
    assert_eq!(unavailable, status == 503);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    for part in ["title", "detail"] {
        assert!(!body[part].as_str().unwrap().is_empty(), "{body}");
    }
    (status, body["type"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_goes_wrong_is_a_problem_with_a_fitting_status() {
    let service = Service::start().await;
    service.register("bolt").await;
    let get = |path| service.request(Method::GET, path);
    let post = |path, body: &str| {
        let request = service.request(Method::POST, path);
        request
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    let long = format!(r#"{{"sku":"{}","name":"n"}}"#, "x".repeat(513));
    for (request, status, kind) in [
        (
            post("/items", r#"{"sku":"bolt","name":"n"}"#),
            409,
            "exists",
        ),
        (
            post("/items", r#"{"sku":"nut","name":""}"#),
            422,
            "rejected",
        ),
        (post("/items", &long), 400, "bad-request"),
        (post("/items", r#"{"sku":"nut"}"#), 422, "bad-request"),
        (post("/items", "{"), 400, "bad-request"),
        (
            post("/items/nut/receive", r#"{"quantity":1}"#),
            404,
            "not-found",
        ),
        (
            post("/items/bolt/pick", r#"{"quantity":1}"#),
            422,
            "rejected",
        ),
        (
            post("/items/bolt/pick", r#"{"quantity":-1}"#),
            422,
            "bad-request",
        ),
        (
            post("/items/bolt/receive", r#"{"quantity":1}"#).header("Idempotency-Key", "once"),
            400,
            "bad-request",
        ),
        (
            service.request(Method::POST, "/items").body("{}"),
            415,
            "bad-request",
        ),
        (get("/items/nut"), 404, "not-found"),
        (get("/items?limit=many"), 400, "bad-request"),
        (get("/items").header(POSITION, "soon"), 400, "bad-request"),
        // A position that is not reached in time.
        (
            get("/items").header(POSITION, "1000000"),
            503,
            "unavailable",
        ),
    ] {
        let told = format!("{request:?}");
        let answer = request.send().await.unwrap();
        let expected = (status, format!("/problems/{kind}"));
        assert_eq!(problem(answer).await, expected, "{told}");
    }
    let nowhere = get("/shelves").send().await.unwrap();
    assert_eq!(problem(nowhere).await, (404, "about:blank".into()));
    let delete = service.request(Method::DELETE, "/items").send().await;
    assert_eq!(problem(delete.unwrap()).await, (405, "about:blank".into()));

    service.stock.shutdown().await.unwrap();
    let late = get("/items").send().await.unwrap();
    assert_eq!(problem(late).await, (503, "/problems/unavailable".into()));
}

/// Server-sent events, as they come.
struct Live {
    response: Response,
    text: String,
}

impl Live {
    /// The next event and its data; `None` when the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let part = |name: &str| {
                    let lines = event.lines();
                    let mut parts = lines.filter_map(|line| line.strip_prefix(name));
                    parts.next().map(|part| part.trim_start().to_owned())
                };
                let (name, data) = (part("event:"), part("data:"));
                self.text = rest.into();
                if let (Some(name), Some(data)) = (name, data) {
                    return Some((name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk());
            let chunk = chunk.await.expect("nothing came").unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn expect(&mut self, name: &str, sku: &str, on_hand: u32) {
        let (event, item) = self.next().await.unwrap();
        assert_eq!(
            (event.as_str(), &item["sku"], &item["on_hand"]),
            (name, &json!(sku), &json!(on_hand))
        );
    }
}

#[tokio::test]
async fn who_listens_is_told_what_there_is_and_what_changes() {
    let service = Service::start().await;
    service.register("bolt").await;
    let nut = service.register("nut").await;
    let request = service.request(Method::GET, "/items/live");
    let request = request.header(POSITION, nut.headers()[POSITION].clone());
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = String::new();
    let mut live = Live { response, text };

    live.expect("inserted", "bolt", 0).await;
    live.expect("inserted", "nut", 0).await;
    service
        .post("/items/nut/receive", json!({"quantity": 3}))
        .await;
    live.expect("updated", "nut", 3).await;
    service.register("washer").await;
    live.expect("inserted", "washer", 0).await;

    service.stock.shutdown().await.unwrap();
    assert_eq!(live.next().await, None);
}
