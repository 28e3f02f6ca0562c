//! `argus help metrics`: what is explained there is what the two servers tell, no more and no less, each with its kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use argus_tests::http::{get, once};
use argus_tests::program::{Server, binary, repository, stdout};
use argus_tests::walk::Keys;

/// Names and kinds.
type Metrics = BTreeMap<String, String>;

/// What a topic explains below a heading.
fn explained(topic: &str, heading: &str) -> Metrics {
    let below = topic.split_once(&format!("\n{heading}\n")).unwrap().1;
    let mut found = Metrics::new();
    for line in below.lines() {
        if line.starts_with(|first: char| first.is_ascii_uppercase()) {
            break;
        }
        let entry =
            line.strip_prefix("  ").filter(|line| !line.starts_with(' ')).and_then(|line| line.split_once(" ("));
        if let Some((name, kind)) = entry {
            let name = name.split('{').next().unwrap();
            let twice = found.insert(name.to_owned(), kind.trim_end_matches(')').to_owned());
            assert!(twice.is_none(), "{name} is explained twice");
        }
    }
    found
}

/// What a server tells: each name has one HELP, one TYPE behind it, and lines of that name alone.
fn told(text: &str) -> Metrics {
    let mut found = Metrics::new();
    let mut helped = "";
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, about) = help.split_once(' ').unwrap();
            assert!(!about.is_empty(), "{line}");
            helped = name;
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, helped, "its HELP stands before it");
            assert!(found.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is told twice");
        } else {
            let name = line.split(['{', ' ']).next().unwrap();
            let of = |part: &str| name.strip_suffix(part).is_some_and(|of| of == helped);
            assert!(name == helped || ["_bucket", "_sum", "_count"].into_iter().any(of), "{line} below {helped}");
            assert!(line.rsplit(' ').next().unwrap().parse::<f64>().is_ok(), "{line}");
        }
    }
    found
}

fn topic() -> String {
    stdout(&std::process::Command::new(binary()).args(["help", "metrics"]).output().unwrap()).unwrap()
}

/// The names of metrics in a file, without what a histogram adds to its own.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names = words.filter(|word| ["argus_", "process_"].iter().any(|first| word.starts_with(first)));
    let own = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name).to_owned()
    };
    names.map(own).collect()
}

#[test]
fn dashboard_and_alerts_name_what_is_explained_and_nothing_else() {
    let topic = topic();
    let known: BTreeSet<_> = ["Decisions", "Administration"].iter().flat_map(|of| explained(&topic, of)).collect();
    let known: BTreeSet<_> = known.into_iter().map(|(name, _)| name).collect();
    let read = |path: &str| fs::read_to_string(repository().join("examples").join(path)).unwrap();
    for (path, least) in [("grafana/argus.json", 50), ("prometheus/argus.rules.yaml", 25)] {
        let named = named(&read(path));
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{path} names {unknown:?}");
        assert!(named.len() >= least, "{path} names {} metrics", named.len());
    }
    let dashboard: serde_json::Value = serde_json::from_str(&read("grafana/argus.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.iter().all(|panel| panel["type"] == "row" || panel["targets"][0]["expr"].is_string()));
    // Scraped is where the two servers listen unless told otherwise.
    assert!(read("prometheus/prometheus.yml").contains(r#"["127.0.0.1:8180", "127.0.0.1:8181"]"#));
}

#[tokio::test]
async fn what_help_explains_is_what_the_servers_tell_and_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data")).unwrap();
    let topic = topic();
    let show = async |address| once(address, &get("/metrics")).await.unwrap().text();
    for (address, heading) in [(server.pdp, "Decisions"), (server.pap, "Administration")] {
        // At once, before anything has happened: what is not there can't be told from nought.
        assert_eq!(told(&show(address).await), explained(&topic, heading), "{heading}");
    }
    Keys::create(&server).await.unwrap();
    let administration = show(server.pap).await;
    assert_eq!(told(&administration), explained(&topic, "Administration"));
    let number = |name: &str| -> f64 {
        let line = administration.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    };
    assert!(number("argus_administration_requests_total{method=\"POST\",status=\"2xx\"}") >= 1.0, "{administration}");
    assert!(number("argus_audit_sequence") >= number("argus_audit_signed_sequence"));
    assert!(number("argus_feed_sequence") >= 1.0 && number("argus_store_away") == 0.0);
    assert!(number("process_resident_memory_bytes") > 1e6);
    // What was administered is what decisions know, and they say how long it took.
    let decisions = show(server.pdp).await;
    let lag = decisions.lines().find_map(|line| line.strip_prefix("argus_feed_lag_seconds_count ")).unwrap();
    assert!(lag.parse::<u64>().unwrap() >= 1, "{decisions}");
}
