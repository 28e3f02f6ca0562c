//! Usage over HTTP: what is asked for, in which form, and by whom.

use std::collections::BTreeMap;

use argus_store::usage::{self, DistinctKind, Granularity, Merges, UsageCounts, UsageOf, UsageRow};
use argus_store::{KeyId, NodeId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::support::{Installation, noon};
use crate::{Answer, ROOT, get, post, reader, request, send, with_acme};

/// The hour before the clock of these tests stands still.
const HOUR: i64 = 1_799_996_400;

fn row(permits: i64, denials: i64) -> UsageRow {
    let requests = permits + denials;
    let parts = json!({
        "reason": {"none": [permits, permits, 0, 0, 0, permits], "scope_missing": [denials, 0, denials, 0, 0, 0]},
        "country": {"DE": [requests, permits, denials, 0, 0, permits]},
    });
    UsageRow {
        counts: UsageCounts { requests, permits, denials, cost: permits, ..UsageCounts::default() },
        parts: parts.to_string(),
        latency: format!("600:{requests}"),
        distinct: BTreeMap::from([(DistinctKind::Address, "f".to_owned())]),
    }
}

fn keep(installation: &Installation, organisation: &str, key: Option<KeyId>, row: &UsageRow, hours: &[i64]) {
    let replace = |_: &str, new: &str| new.to_owned();
    let merges = Merges { parts: &replace, latency: &replace, distinct: &replace };
    let of = |hour: &i64| UsageOf {
        granularity: Granularity::Hour,
        starts_at: HOUR + 3_600 * hour,
        organisation: organisation.to_owned(),
        key,
    };
    let rows = hours.iter().map(|hour| (of(hour), row.clone())).collect();
    let node = NodeId::new(noon());
    assert!(installation.store.write_aside(|conn| usage::add(conn, (node, 1), noon(), &rows, merges)).unwrap());
}

/// Two organisations with a key each; those of `acme` were used in three hours, that of `globex` in one.
async fn used() -> (Installation, Vec<KeyId>) {
    let installation = with_acme().await;
    assert_eq!(post(&installation, ROOT, "/v1/organisations", &json!({"name": "globex"})).await.status, 201);
    let other = json!({"organisation": "globex", "name": "=1+1", "scopes": ["globex/x:read"]});
    assert_eq!(post(&installation, ROOT, "/v1/keys", &other).await.status, 400, "no name of a key");
    let other = json!({"organisation": "globex", "name": "writer", "scopes": ["globex/x:read"]});
    let mut keys = Vec::new();
    for body in [&reader(), &other] {
        let made = post(&installation, ROOT, "/v1/keys", body).await;
        keys.push(made.body["id"].as_str().unwrap().parse().unwrap());
    }
    keep(&installation, "acme", Some(keys[0]), &row(4, 1), &[-2, -1, 0]);
    keep(&installation, "acme", None, &row(0, 2), &[-1]);
    keep(&installation, "globex", Some(keys[1]), &row(7, 0), &[0]);
    (installation, keys)
}

fn at(hour: i64) -> Value {
    let at: DateTime<Utc> = DateTime::from_timestamp(HOUR + 3_600 * hour, 0).unwrap();
    json!(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

async fn get_as(installation: &Installation, authorization: &str, path: &str) -> Answer {
    let asked = request("GET".parse().unwrap(), path).insert_header(("authorization", authorization));
    send(installation, asked).await
}

fn requests(answer: &Answer) -> Vec<u64> {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["items"].as_array().unwrap().iter().map(|line| line["requests"].as_u64().unwrap()).collect()
}

#[actix_web::test]
async fn the_last_day_is_shown_by_the_hour_unless_told_otherwise() {
    let (installation, _) = used().await;
    let answer = get(&installation, "/v1/usage?organisation=acme").await;
    assert_eq!(requests(&answer), [5, 7, 5]);
    let line = &answer.body["items"][1];
    assert_eq!((&line["starts_at"], &line["granularity"], &line["group"]), (&at(-1), &json!("hour"), &Value::Null));
    let counts = ["permits", "denials", "not_applicable", "errors", "cost", "addresses"].map(|name| &line[name]);
    assert_eq!(counts, [4, 3, 0, 0, 4, 0]);
    assert!(line["latency"]["p50_microseconds"].as_f64() > Some(0.0), "{line}");
    assert_eq!(requests(&get(&installation, "/v1/usage").await), [5, 7, 12], "the first administrator sees all");
    assert_eq!(requests(&get(&installation, "/v1/usage?granularity=minute").await), [0; 0]);
}

#[actix_web::test]
async fn durations_are_told_within_one_per_cent_however_short_they_are() {
    let (installation, keys) = used().await;
    for (hour, bucket) in [(-5, 350), (-4, 401), (-3, 900)] {
        let row = UsageRow { latency: format!("{bucket}:5"), ..row(4, 1) };
        keep(&installation, "acme", Some(keys[0]), &row, &[hour]);
        let from = at(hour);
        let path = format!("/v1/usage?organisation=acme&from={}&limit=1", from.as_str().unwrap());
        let line = get(&installation, &path).await.body["items"][0].clone();
        assert_eq!(line["starts_at"], from, "{line}");
        // All durations in a bucket lie between its ends.
        let ends = [1.02_f64.powi(bucket - 1) / 1_000.0, 1.02_f64.powi(bucket) / 1_000.0];
        for name in ["p50_microseconds", "p95_microseconds", "p99_microseconds"] {
            let told = line["latency"][name].as_f64().unwrap();
            assert!(ends.iter().all(|end| (told - end).abs() <= end * 0.01), "{told} for {ends:?}");
        }
    }
}

#[actix_web::test]
async fn a_stretch_of_time_is_asked_for_by_its_ends() {
    let (installation, _) = used().await;
    let ask = async |from: &Value, before: &Value| {
        let (from, before) = (from.as_str().unwrap(), before.as_str().unwrap());
        get(&installation, &format!("/v1/usage?organisation=acme&from={from}&before={before}")).await
    };
    assert_eq!(requests(&ask(&at(-1), &json!("2027-01-15T07:30:00Z")).await), [7, 5]);
    assert_eq!(requests(&ask(&json!("2027-01-15"), &json!("2027-01-16")).await), [5, 7, 5], "a day, by its dates");
    assert_eq!(ask(&json!("2027-02-30"), &at(0)).await.status, 400);
    let within = ask(&json!("2027-01-15T06:30:00Z"), &json!("2027-01-15T06:40:00Z")).await;
    assert_eq!(requests(&within), [7], "the hour that it lies in");
    let refused = ask(&at(0), &at(-1)).await;
    assert_eq!((refused.status, refused.body["errors"][0]["parameter"].as_str()), (400, Some("from")), "{refused:?}");
}

#[actix_web::test]
async fn lines_are_divided_by_whatever_is_asked_for() {
    let (installation, keys) = used().await;
    let groups = async |by: &str| -> Vec<(String, u64)> {
        let path = format!("/v1/usage?group_by={by}&from=2027-01-15T06:00:00Z&before=2027-01-15T06:59:00Z");
        let answer = get(&installation, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let lines = answer.body["items"].as_array().unwrap().iter();
        lines.map(|line| (line["group"].as_str().unwrap().to_owned(), line["requests"].as_u64().unwrap())).collect()
    };
    let named = |groups: &[(&str, u64)]| -> Vec<(String, u64)> {
        groups.iter().map(|(group, requests)| ((*group).to_owned(), *requests)).collect()
    };
    assert_eq!(groups("key").await, named(&[("acme/", 2), ("acme/atlas/reader", 5)]));
    assert_eq!(groups("project").await, named(&[("acme/", 2), ("acme/atlas", 5)]));
    assert_eq!(groups("organisation").await, named(&[("acme", 7)]));
    assert_eq!(groups("reason").await, named(&[("none", 4), ("scope_missing", 3)]));
    assert_eq!(groups("country").await, named(&[("DE", 7)]));
    let shown = get(&installation, &format!("/v1/keys/{}", keys[0])).await;
    let owner = shown.body["owner"].as_str().unwrap();
    assert_eq!(groups("owner").await, named(&[("", 2), (owner, 5)]));

    let of_key = get(&installation, &format!("/v1/usage?group_by=key&key={}", keys[1])).await;
    assert_eq!(of_key.body["items"][0]["key_id"], json!(keys[1].to_string()));
    assert_eq!((requests(&of_key), &of_key.body["items"][0]["group"]), (vec![7], &json!("globex/writer")));
    for wrong in ["colour", "key,project", "country,action", "key,", "key,country,action"] {
        let refused = get(&installation, &format!("/v1/usage?group_by={wrong}")).await;
        assert_eq!((refused.status, refused.code()), (400, "invalid-field"), "{wrong}");
    }
    // Whose keys and what for at once, a line at a time.
    let mut path =
        "/v1/usage?group_by=key,reason&from=2027-01-15T06:00:00Z&before=2027-01-15T06:59:00Z&limit=1".to_owned();
    let first = path.clone();
    let mut lines = Vec::new();
    loop {
        let page = get(&installation, &path).await;
        lines.extend(page.body["items"].as_array().unwrap().iter().map(|line| {
            assert!(line["latency"].is_null() && line["addresses"].is_null(), "{line}");
            (line["group"].clone(), line["part"].clone(), line["requests"].clone(), line["key_id"].is_null())
        }));
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        path = format!("{first}&cursor={cursor}");
    }
    let line = |group, part, requests, is_nobody| (json!(group), json!(part), json!(requests), is_nobody);
    assert_eq!(
        lines,
        [
            line("acme/", "scope_missing", 2, true),
            line("acme/atlas/reader", "none", 4, false),
            line("acme/atlas/reader", "scope_missing", 1, false),
        ]
    );
}

#[actix_web::test]
async fn pages_hold_each_line_once() {
    let (installation, _) = used().await;
    let whole = get(&installation, "/v1/usage?group_by=key").await;
    let mut path = "/v1/usage?group_by=key&limit=1".to_owned();
    let mut lines = Vec::new();
    loop {
        let page = get(&installation, &path).await;
        assert_eq!(page.status, 200, "{page:?}");
        lines.extend(page.body["items"].as_array().unwrap().clone());
        let Some(cursor) = page.body["next_cursor"].as_str() else { break };
        path = format!("/v1/usage?group_by=key&limit=1&cursor={cursor}");
    }
    assert_eq!((lines.len(), json!(lines)), (5, whole.body["items"].clone()));
    let elsewhere = get(&installation, &path.replace("group_by=key", "group_by=project")).await;
    assert_eq!(elsewhere.status, 400, "a cursor of another list");
}

#[actix_web::test]
async fn comma_separated_values_come_where_they_are_asked_for() {
    let (installation, _) = used().await;
    let accept = request("GET".parse().unwrap(), "/v1/usage?organisation=acme&group_by=key&limit=2");
    let accept = accept.insert_header(("authorization", ROOT)).insert_header(("accept", "text/csv"));
    let answer = send(&installation, accept).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(answer.header("link").contains("rel=\"next\""), "{answer:?}");
    let text = String::from_utf8(answer.octets).unwrap();
    let lines: Vec<_> = text.split("\r\n").collect();
    assert_eq!(lines[0].split(',').count(), 16);
    assert!(lines[0].starts_with("starts_at,granularity,group,key_id,requests,permits,denials,"), "{text}");
    assert!(lines[1].starts_with("2027-01-15T05:00:00Z,hour,\"acme/atlas/reader\","), "{text}");
    assert!(lines[2].starts_with("2027-01-15T06:00:00Z,hour,\"acme/\",,2,0,2,0,0,0,"), "{text}");
    assert_eq!((lines.len(), lines[3]), (4, ""));

    let named = get(&installation, "/v1/usage?format=csv&organisation=globex").await;
    assert_eq!(named.header("content-type"), "text/csv; charset=utf-8");
    let both = request("GET".parse().unwrap(), "/v1/usage?format=json").insert_header(("authorization", ROOT));
    let both = send(&installation, both.insert_header(("accept", "text/csv"))).await;
    assert_eq!(both.header("content-type"), "application/json");
    assert_eq!(get(&installation, "/v1/usage?format=xml").await.status, 400);
}

#[actix_web::test]
async fn an_organisation_sees_its_own_usage_and_no_other() {
    let (installation, keys) = used().await;
    let reader = "Bearer acme acme/argus/usage:read";
    assert_eq!(requests(&get_as(&installation, reader, "/v1/usage").await), [5, 7, 5]);
    assert_eq!(requests(&get_as(&installation, reader, "/v1/usage?group_by=organisation").await), [5, 7, 5]);
    let other = get_as(&installation, reader, "/v1/usage?organisation=globex").await;
    assert_eq!((other.status, other.code()), (403, "not-permitted"));
    let of_key = get_as(&installation, reader, &format!("/v1/usage?key={}", keys[1])).await;
    let of_none = get_as(&installation, reader, &format!("/v1/usage?key={}", KeyId::new(noon()))).await;
    assert_eq!((of_key.status, of_none.status), (of_none.status, 400), "as if it weren't there: {of_key:?}");
    let without = get_as(&installation, "Bearer acme acme/argus/keys:read", "/v1/usage").await;
    assert_eq!((without.status, without.code()), (403, "not-permitted"));
    let wide = get_as(&installation, "Bearer acme *:admin", "/v1/usage?organisation=globex").await;
    assert_eq!(wide.status, 403, "whatever its scopes");
}
