//! Whoever is no owner tries to get hold of more than he has, through every door that makes or changes a key: none lets him.

use std::collections::HashMap;

use actix_web::http::{Method, header};
use actix_web::{App, test};
use serde_json::{Value, json};

use crate::granted::{chain, is_within};
use crate::support::Installation;
use crate::{Answer, ROOT, get, request, send, with_acme};

const ATTEMPTS: usize = 500;

/// Numbers that look random, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.roll(of.len())]
    }

    fn some(&mut self, of: &[&'static str], least: usize, most: usize) -> Vec<&'static str> {
        (0..least + self.roll(most - least + 1)).map(|_| self.one(of)).collect()
    }
}

const SCOPES: [&str; 9] = [
    "acme/atlas/jobs:write",
    "acme/atlas/jobs/7:write",
    "acme/atlas:read",
    "acme/atlas:write",
    "acme/*/jobs:write",
    "acme/nova:read",
    "acme:admin",
    "acme/argus/keys:write",
    "*/atlas/jobs:write",
];
const NETWORKS: [&str; 4] = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "0.0.0.0/0"];

const WINDOWS: [&str; 3] = ["Mon-Fri 08:00-18:00 UTC", "Sat-Sun 08:00-18:00 UTC", "daily 00:00-24:00 UTC"];

/// None, or one that is narrower or wider than those of the keys here, or counts something else.
fn limits(dice: &mut Dice) -> Value {
    if dice.roll(3) == 0 {
        return json!([]);
    }
    let (name, strategy) =
        (dice.one(&["rpm", "other"]), dice.one(&["fixed_window", "fixed_window", "sliding_window", "token_bucket"]));
    let (limit, window, cost) = ([10, 100, 1_000][dice.roll(3)], [60, 60, 1][dice.roll(3)], [1, 1, 2][dice.roll(3)]);
    json!([{"name": name, "strategy": strategy, "limit": limit, "window_seconds": window, "cost": cost}])
}

/// What is asked for: the members that a body may have, some of them.
fn body(dice: &mut Dice) -> Value {
    let mut body = json!({"scopes": dice.some(&SCOPES, 1, 2)});
    // A sort that is named is set, by an empty list or `false` to nothing: of a key that has it, it is taken away.
    match dice.roll(8) {
        0 => body["conditions"] = json!({"networks": dice.some(&NETWORKS, 0, 2)}),
        1 => body["conditions"] = json!({"countries": dice.some(&["DE", "FR", "US"], 1, 2)}),
        2 => body["conditions"] = json!({"windows": dice.some(&WINDOWS, 0, 2)}),
        3 => body["conditions"] = json!({"network_types": dice.some(&["corporate", "vpn", "mobile"], 0, 2)}),
        4 => body["conditions"] = json!({"device_compliant": dice.roll(2) == 0}),
        _ => {}
    }
    if dice.roll(4) == 0 {
        body["limits"] = limits(dice);
    }
    if dice.roll(3) == 0 {
        let days = [1, 5, 20, 40][dice.roll(4)];
        body["expires_at"] = json!((crate::support::noon() + chrono::TimeDelta::days(days)).to_rfc3339());
    }
    body
}

/// The keys as an owner sees them, by id.
async fn keys(installation: &Installation) -> HashMap<String, Value> {
    let mut keys = HashMap::new();
    let mut path = "/v1/keys?organisation=acme&limit=200".to_owned();
    loop {
        let page = get(installation, &path).await;
        for key in page.body["items"].as_array().unwrap() {
            keys.insert(key["id"].as_str().unwrap().to_owned(), key.clone());
        }
        let Some(cursor) = page.body["next_cursor"].as_str() else { return keys };
        path = format!("/v1/keys?organisation=acme&limit=200&cursor={cursor}");
    }
}

/// A refusal names what is too wide, by its place and in its words.
fn check_refusal(answer: &Answer, asked: &Value) {
    if answer.status == 403 {
        assert!(answer.body["needed_scope"].is_string(), "{answer:?}");
        return;
    }
    assert!([400, 409, 422].contains(&answer.status), "{answer:?}");
    for error in answer.body["errors"].as_array().into_iter().flatten() {
        let (pointer, detail) = (error["pointer"].as_str().unwrap(), error["detail"].as_str().unwrap());
        if let Some(Value::String(value)) = asked.pointer(pointer)
            && pointer != "/expires_at"
        {
            assert!(detail.contains(&format!("`{value}`")), "{detail} at {pointer} of {asked}");
        }
    }
}

async fn attempt(installation: &Installation, caller: &str, method: Method, path: &str, body: &Value) -> Answer {
    let asked = request(method, path).insert_header((header::AUTHORIZATION, caller.to_owned()));
    send(installation, asked.insert_header((header::IF_MATCH, "*")).set_json(body)).await
}

#[actix_web::test]
async fn nobody_gets_hold_of_more_than_he_has_by_making_deriving_changing_or_rotating() {
    let installation = with_acme().await;
    crate::post(&installation, ROOT, "/v1/projects", &json!({"organisation": "acme", "name": "nova"})).await;
    let make = async |name: &str, body: Value| {
        let mut body = body;
        (body["organisation"], body["name"]) = (json!("acme"), json!(name));
        let made = crate::post(&installation, ROOT, "/v1/keys", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.body["id"].as_str().unwrap().to_owned()
    };
    let scopes = ["acme/argus/keys:write", "acme/argus/keys:read", "acme/atlas:write"];
    let manager = make(
        "manager",
        json!({"scopes": scopes, "expires_in_seconds": 30 * 86_400,
        "conditions": {"networks": ["10.0.0.0/8"], "countries": ["DE", "FR"], "network_types": ["corporate", "vpn"],
        "windows": &WINDOWS[..2], "device_compliant": true},
        "limits": [{"name": "rpm", "strategy": "fixed_window", "limit": 100, "window_seconds": 60}]}),
    )
    .await;
    // What he has to do with, and what is none of his.
    let mut known = vec![
        manager.clone(),
        make("owner", json!({"scopes": ["acme:admin"]})).await,
        make("stranger", json!({"scopes": ["acme/nova:read"], "conditions": {"networks": ["192.0.2.0/24"]}})).await,
        make("sibling", json!({"scopes": ["acme/atlas:write"], "conditions": {"networks": ["10.1.0.0/16"]}, "expires_in_seconds": 86_400})).await,
        make("guarded", json!({"scopes": ["acme/atlas:write"], "conditions": {"device_compliant": true, "windows": &WINDOWS[..1],
            "network_types": ["corporate"]}, "limits": [{"name": "rpm", "strategy": "fixed_window", "limit": 10, "window_seconds": 60}]})).await,
    ];
    let caller = format!("Bearer acme@{manager} {}", scopes.join(" "));
    let mut dice = Dice(0x5eed);
    let (mut done, mut refused) = (0, 0);
    // The state of every key when its secret came into his hands.
    let mut held = vec![manager.clone()];
    for number in 0..ATTEMPTS {
        let before = keys(&installation).await;
        let target = known[dice.roll(known.len())].clone();
        let mut asked = body(&mut dice);
        let act = dice.roll(4);
        let answer = match act {
            0 | 1 => {
                (asked["organisation"], asked["name"]) = (json!("acme"), json!(format!("k{number}")));
                if act == 1 {
                    asked["parent_key_id"] = json!(target);
                }
                attempt(&installation, &caller, Method::POST, "/v1/keys", &asked).await
            }
            2 => attempt(&installation, &caller, Method::PATCH, &format!("/v1/keys/{target}"), &asked).await,
            _ => {
                asked = json!({});
                attempt(&installation, &caller, Method::POST, &format!("/v1/keys/{target}/rotate"), &asked).await
            }
        };
        if answer.status >= 300 {
            check_refusal(&answer, &asked);
            refused += 1;
            continue;
        }
        done += 1;
        let after = keys(&installation).await;
        let id = answer.body["id"].as_str().unwrap().to_owned();
        if answer.body["secret"].is_string() {
            held.push(id.clone());
        }
        if act < 2 {
            known.push(id.clone());
        }
        if before.contains_key(&id) && !chain(&before, &id).iter().skip(1).any(|above| above["id"] == json!(manager)) {
            assert!(
                is_within(&chain(&after, &id), &chain(&before, &id)),
                "what isn't his to loosen is loosened: {asked}"
            );
        }
        for id in &held {
            assert!(
                is_within(&chain(&after, id), &chain(&before, &manager)),
                "{asked} gave him more: {:?}",
                chain(&after, id)
            );
        }
    }
    assert!(done > ATTEMPTS / 20 && refused > ATTEMPTS / 4, "{done} done, {refused} refused");
}

#[actix_web::test]
async fn a_chain_has_at_most_nine_keys_and_the_tenth_is_a_problem_of_its_own() {
    let installation = with_acme().await;
    let mut parent = Value::Null;
    for depth in 0..12 {
        let body = json!({"organisation": "acme", "name": format!("k{depth}"), "scopes": ["acme/x:read"], "parent_key_id": parent});
        let made = crate::post(&installation, ROOT, "/v1/keys", &body).await;
        if made.status == 201 {
            parent = made.body["id"].clone();
            continue;
        }
        assert_eq!((made.status, made.code(), depth), (422, "chain-limit", 9));
        assert!(made.body["detail"].as_str().unwrap().contains("at most 8"), "{made:?}");
        return;
    }
    panic!("no end");
}

#[actix_web::test]
async fn a_thousand_keys_are_derived_from_one_and_the_next_is_a_problem_of_its_own_until_one_of_them_ends() {
    let installation = with_acme().await;
    let app = test::init_service(App::new().configure(argus_pap::configure(installation.admin.clone()))).await;
    let derive = async |name: &str, parent: &Value| {
        let body = json!({"organisation": "acme", "name": name, "scopes": ["acme/x:read"], "parent_key_id": parent});
        let asked = test::TestRequest::post().uri("/v1/keys").insert_header(("authorization", ROOT)).set_json(body);
        crate::send_to(&app, asked.to_request()).await
    };
    let parent = derive("parent", &Value::Null).await.body["id"].clone();
    let mut last = Value::Null;
    for number in 1..=1_000 {
        let made = derive(&format!("k{number}"), &parent).await;
        assert_eq!(made.status, 201, "the {number}. of them: {made:?}");
        last = made.body["id"].clone();
    }
    let refused = derive("too-many", &parent).await;
    assert_eq!((refused.status, refused.code()), (422, "chain-limit"));
    assert!(refused.body["detail"].as_str().unwrap().contains("at most 1000 keys derived from one"), "{refused:?}");
    assert_eq!(derive("below-another", &last).await.status, 201, "the bound is of one key, not of all");

    let path = format!("/v1/keys/{}/revoke", last.as_str().unwrap());
    assert_eq!(crate::post(&installation, ROOT, &path, &json!({})).await.status, 200);
    assert_eq!(derive("in-its-place", &parent).await.status, 201);
    assert_eq!(derive("too-many-again", &parent).await.code(), "chain-limit");
}
