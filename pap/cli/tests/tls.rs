//! The program behind TLS: servers signed by an authority of one's own, and callers known by their certificates alone.

#![cfg(test)]

#[expect(dead_code, reason = "what the tests of decision points need, too")]
#[path = "../../../pdp/server/tests/http/tls/authorities.rs"]
mod authorities;
#[expect(dead_code, reason = "what the other tests need, too")]
#[path = "server/mod.rs"]
mod server;

use std::fs;
use std::path::Path;

use authorities::{Authority, Certified, client};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use server::{Run, Server, argus, run};

const EVIDENCE: &str = "acme/atlas/evidence/42";

/// Permits what else is permitted to whoever shows a certificate, and says what is known of the subject.
const BY_CERTIFICATE_ONLY: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
  PolicyId="urn:test:by-certificate-only" Version="1.0"
  RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-unless-deny">
  <Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-starts-with">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">acme/atlas/evidence/</AttributeValue>
    <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource" MustBePresent="true"
      AttributeId="urn:oasis:names:tc:xacml:1.0:resource:resource-id" DataType="http://www.w3.org/2001/XMLSchema#string"/>
  </Match></AllOf></AnyOf></Target>
  <Rule RuleId="others" Effect="Deny"><Condition>
    <Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:not">
      <Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-is-in">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">mtls</AttributeValue>
        <AttributeDesignator Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject" MustBePresent="true"
          AttributeId="urn:argus:attribute:authentication-method" DataType="http://www.w3.org/2001/XMLSchema#string"/>
      </Apply>
    </Apply>
  </Condition></Rule>
  <AdviceExpressions>
    <AdviceExpression AdviceId="urn:test:shown" AppliesTo="Permit">ATTRIBUTES</AdviceExpression>
    <AdviceExpression AdviceId="urn:test:shown" AppliesTo="Deny">ATTRIBUTES</AdviceExpression>
  </AdviceExpressions>
</Policy>"#;

const SHOWN: [&str; 7] =
    ["authentication-method", "key-id", "organisation", "project", "owner", "scope", "parent-key-id"];

/// A server on an authority's certificate, with the policies of the program and one more.
fn start(servers: &Authority, clients: &Authority) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let of_server = servers.sign_server();
    for (name, text) in [
        ("server.pem", &of_server.pem),
        ("server-key.pem", &of_server.key),
        ("servers.pem", &servers.pem),
        ("clients.pem", &clients.pem),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let own = folder.path().join("policies/organisations/acme");
    fs::create_dir_all(&own).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            fs::copy(&path, folder.path().join("policies").join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(own.join("mtls.xml"), BY_CERTIFICATE_ONLY.replace("ATTRIBUTES", &SHOWN.map(assignment).concat()))
        .unwrap();
    let tls = ["--tls-certificate", "server.pem", "--tls-key", "server-key.pem", "--client-ca-file", "clients.pem"];
    Server::start_in(folder, &tls)
}

fn assignment(name: &str) -> String {
    format!(
        r#"<AttributeAssignmentExpression AttributeId="{name}"><AttributeDesignator AttributeId="urn:argus:attribute:{name}"
         Category="urn:oasis:names:tc:xacml:1.0:subject-category:access-subject" MustBePresent="false"
         DataType="http://www.w3.org/2001/XMLSchema#string"/></AttributeAssignmentExpression>"#
    )
}

/// The certificate of a client with a name of its own, in two files.
fn certified(server: &Server, clients: &Authority, name: &str) -> Certified {
    let mut params = client();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let made = clients.sign(&params);
    fs::write(server.folder().join(format!("{name}.pem")), &made.pem).unwrap();
    fs::write(server.folder().join(format!("{name}-key.pem")), &made.key).unwrap();
    made
}

/// Runs a command by a certificate alone.
fn run_as(server: &Server, name: &str, arguments: &[&str]) -> Run {
    let (certificate, key) = (format!("{name}.pem"), format!("{name}-key.pem"));
    let shown = ["--ca-file", "servers.pem", "--client-certificate", &certificate, "--client-key", &key];
    run(server.client(argus(server.folder()).args(arguments).args(shown)))
}

fn run_with_key(server: &Server, arguments: &[&str]) -> Run {
    server.run(&[arguments, &["--ca-file", "servers.pem"]].concat())
}

#[test]
fn a_server_of_an_authority_of_ones_own_is_believed_when_that_is_named() {
    let server = start(&Authority::new("servers"), &Authority::new("clients"));
    let stranger = server.run(&["org", "list"]);
    assert_eq!(stranger.code, 69, "{stranger:?}");
    assert!(stranger.stderr.contains("UnknownIssuer") && stranger.stderr.contains("--ca-file"), "{stranger:?}");
    let listed = run_with_key(&server, &["org", "list"]);
    assert_eq!(listed.code, 0, "{listed:?}");
    let mut by_variable = argus(server.folder());
    by_variable.args(["status", "--key-file", "argus-data/bootstrap.key"]).env("ARGUS_CA_FILE", "servers.pem");
    let status = run(server.client(&mut by_variable));
    assert_eq!(status.code, 0, "{status:?}");
    let other = server.run(&["org", "list", "--ca-file", "clients.pem"]);
    assert_eq!(other.code, 69, "{other:?}");
}

#[test]
fn what_can_not_be_used_for_tls_is_told_with_its_file() {
    let clients = Authority::new("clients");
    let server = start(&Authority::new("servers"), &clients);
    certified(&server, &clients, "one");
    certified(&server, &clients, "two");
    fs::write(server.folder().join("empty.pem"), "nothing\n").unwrap();
    let with = |arguments: &[&str]| run(server.client(argus(server.folder()).args(["org", "list"]).args(arguments)));
    for (arguments, code, part) in [
        (&["--ca-file", "nowhere.pem"][..], 66, "nowhere.pem"),
        (&["--ca-file", "empty.pem"], 66, "`empty.pem` can't be used: it holds no certificate"),
        (&["--client-certificate", "one.pem"], 64, "--client-key FILE"),
        (&["--client-key", "one-key.pem"], 64, "--client-certificate FILE"),
        (&["--client-certificate", "empty.pem", "--client-key", "one-key.pem"], 66, "`empty.pem`"),
        (&["--client-certificate", "one.pem", "--client-key", "empty.pem"], 66, "`empty.pem`"),
        (&["--client-certificate", "one.pem", "--client-key", "two-key.pem"], 66, "`two-key.pem`"),
        (
            &["--client-certificate", "one.pem", "--client-key", "one-key.pem", "--url", "http://127.0.0.1:1"],
            64,
            "over TLS alone",
        ),
    ] {
        // A key is needed wherever no certificate is shown.
        let arguments = match arguments {
            ["--ca-file", ..] => [arguments, &["--key-file", "argus-data/bootstrap.key"]].concat(),
            _ => arguments.to_vec(),
        };
        let refused = with(&arguments);
        assert!(refused.code == code && refused.stderr.contains(part), "{arguments:?}: {refused:?}");
    }
}

#[test]
fn administrators_and_enforcement_points_and_subjects_are_known_by_their_certificates_alone() {
    let clients = Authority::new("clients");
    let server = start(&Authority::new("servers"), &clients);
    let done = |arguments: &[&str]| {
        let done = run_with_key(&server, arguments);
        assert_eq!(done.code, 0, "{arguments:?}: {done:?}");
    };
    done(&["org", "create", "acme"]);
    done(&["project", "create", "acme/atlas"]);
    for (name, scope) in
        [("acme/boss", "acme:admin"), ("acme/edge", "acme/argus/pdp:execute"), ("acme/atlas/reader", "acme/atlas:read")]
    {
        let (short, file) = (name.rsplit('/').next().unwrap(), format!("{}.key", name.replace('/', "-")));
        done(&["key", "create", name, "--scope", scope, "--secret-to", &file]);
        let subject = format!("CN={short}, O=Acme\\, Inc.");
        done(&["key", "credential", "add", name, "--certificate-subject", &subject]);
        certified(&server, &clients, short);
    }

    let listed = run_as(&server, "boss", &["key", "list", "acme"]);
    assert!(listed.code == 0 && listed.stdout.contains("acme/atlas/reader"), "{listed:?}");
    let mut list = argus(server.folder());
    list.args(["key", "list", "acme", "--ca-file", "servers.pem"]);
    list.envs([("ARGUS_CLIENT_CERTIFICATE", "boss.pem"), ("ARGUS_CLIENT_KEY", "boss-key.pem")]);
    // When a key was last used may be told differently by now.
    let names = |table: &str| -> Vec<String> {
        table.lines().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
    };
    assert_eq!(names(&run(server.client(&mut list)).stdout), names(&listed.stdout));
    certified(&server, &clients, "nobody");
    assert_eq!(run_as(&server, "nobody", &["key", "list", "acme"]).code, 77);
    // Beside a key the certificate is nobody's concern.
    assert_eq!(run_as(&server, "nobody", &["org", "list", "--key-file", "argus-data/bootstrap.key"]).code, 0);

    let verify =
        ["verify", "-v", "--credential-file", "acme-atlas-reader.key", "--action", "read", "--resource", EVIDENCE];
    let by_key = run_as(&server, "edge", &verify);
    assert!(by_key.code == 0 && by_key.stdout.starts_with("Deny "), "only certificates are permitted: {by_key:?}");
    assert!(by_key.stderr.contains("--cert edge.pem --key edge-key.pem"), "{by_key:?}");
    assert!(!by_key.stderr.contains("Authorization"), "{by_key:?}");
    assert_eq!(run_as(&server, "reader", &verify).code, 77, "no enforcement point");

    let token = fs::read_to_string(server.folder().join("acme-atlas-reader.key")).unwrap();
    let certificate = fs::read_to_string(server.folder().join("reader.pem")).unwrap();
    let certificate: String = certificate.lines().filter(|line| !line.starts_with("-----")).collect();
    let question = |member: &str, value: Value| json!({"action": "read", "resource": EVIDENCE, member: value});
    let of_key = ask(&server, "/v1/verify", &question("credential", json!(token.trim())));
    let of_certificate = ask(&server, "/v1/verify", &question("context", json!({"client_certificate": certificate})));
    assert_eq!((&of_key["decision"], &of_certificate["decision"]), (&json!("Deny"), &json!("Permit")));
    assert_eq!(of_key["key"], of_certificate["key"]);

    let verify = ["verify", "-v", "--certificate", "reader.pem", "--action", "read", "--resource", EVIDENCE];
    let edge = ["--key-file", "acme-edge.key", "--user-agent", "curl/8.5.0"];
    let by_certificate = run_as(&server, "edge", &[&verify[..], &edge].concat());
    assert!(by_certificate.code == 0 && by_certificate.stdout.starts_with("Permit "), "{by_certificate:?}");
    let line = format!("\"client_certificate\":\"{certificate}\",\"user_agent\":\"curl/8.5.0\"");
    assert!(by_certificate.stderr.contains(&line), "{by_certificate:?}");
    assert_eq!(run_as(&server, "edge", &["verify", "--action", "read", "--resource", EVIDENCE]).code, 64);

    let mut of_key = shown(&server, "credential", token.trim());
    let mut of_certificate = shown(&server, "client-certificate", &certificate);
    let methods = [&mut of_key, &mut of_certificate].map(|shown| {
        let at = shown.iter().position(|(name, _)| name == "authentication-method").unwrap();
        shown.remove(at).1
    });
    assert_eq!(methods, [json!("api_key"), json!("mtls")]);
    assert!(of_key.len() >= 4, "{of_key:?}");
    assert_eq!(of_key, of_certificate);
}

/// What the policy has shown of a subject.
fn shown(server: &Server, attribute: &str, value: &str) -> Vec<(String, Value)> {
    let of = |id: &str, value: &str| json!([{"AttributeId": id, "Value": value}]);
    let request = json!({"Request": {
        "AccessSubject": {"Attribute": of(&format!("urn:argus:attribute:{attribute}"), value)},
        "Resource": {"Attribute": of("urn:oasis:names:tc:xacml:1.0:resource:resource-id", EVIDENCE)},
        "Action": {"Attribute": of("urn:oasis:names:tc:xacml:1.0:action:action-id", "read")},
    }});
    let response = ask(server, "/pdp", &request);
    let advice = response["Response"][0]["AssociatedAdvice"].as_array().unwrap_or_else(|| panic!("{response}"));
    let shown = advice.iter().find(|advice| advice["Id"] == "urn:test:shown").unwrap_or_else(|| panic!("{response}"));
    let assigned = shown["AttributeAssignment"].as_array().unwrap().iter();
    assigned.map(|one| (one["AttributeId"].as_str().unwrap().to_owned(), one["Value"].clone())).collect()
}

/// Asks the decision point with a key of the enforcement point's.
fn ask(server: &Server, door: &str, question: &Value) -> Value {
    let authority = fs::read(server.folder().join("servers.pem")).unwrap();
    let key = fs::read_to_string(server.folder().join("acme-edge.key")).unwrap();
    let url = format!("{}{door}", server.ready()["decisions"].as_str().unwrap());
    let media_type = if door == "/pdp" { "application/xacml+json" } else { "application/json" };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let http = reqwest::Client::builder().no_proxy();
        let http = http.tls_certs_only([reqwest::Certificate::from_pem(&authority).unwrap()]).build().unwrap();
        let request = http.post(url).header(AUTHORIZATION, format!("Bearer {}", key.trim()));
        let answer = request.header(CONTENT_TYPE, media_type).body(question.to_string()).send().await.unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
    })
}
