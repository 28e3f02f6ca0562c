//! What is asked: the same decision by each door, by an enforcement point with a key of its own.

use anyhow::{Result, ensure};
use argus_tests::http::{Answer, post};
use argus_tests::walk::Keys;

/// One kind of request.
pub(crate) struct Asked {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) request: Vec<u8>,
    pub(crate) body_bytes: usize,
    permit: &'static str,
}

impl Asked {
    /// Whether the answer is the Permit that it is to be: what is refused costs less.
    pub(crate) fn check(&self, answer: &Answer) -> Result<()> {
        let text = answer.text();
        ensure!(answer.status == 200 && text.contains(self.permit), "{}: {} {text}", self.name, answer.status);
        Ok(())
    }
}

/// All kinds.
pub(crate) fn all(keys: &Keys) -> Vec<Asked> {
    let asked = |name, path, content_type, body: String, permit| Asked {
        name,
        path,
        request: post(path, content_type, Some(&keys.enforcement_point), body.as_bytes()),
        body_bytes: body.len(),
        permit,
    };
    vec![
        asked("POST /pdp, JSON", "/pdp", "application/xacml+json", json(&keys.reader), "\"Permit\""),
        asked("POST /pdp, XML", "/pdp", "application/xacml+xml", xml(&keys.reader), ">Permit<"),
        asked("POST /v1/verify", "/v1/verify", "application/json", verify(&keys.reader), "\"Permit\""),
    ]
}

fn verify(reader: &str) -> String {
    format!(
        r#"{{"credential":"{reader}","action":"read","resource":"acme/atlas/evidence/42","context":{{"ip":"203.0.113.7"}}}}"#
    )
}

fn json(reader: &str) -> String {
    format!(
        r#"{{"Request":{{"ReturnPolicyIdList":false,"CombinedDecision":false,
"AccessSubject":{{"Attribute":[
{{"AttributeId":"urn:oasis:names:tc:xacml:1.0:subject:subject-id","Value":"alice"}},
{{"AttributeId":"urn:acme:role","Value":["analyst","employee"]}},
{{"AttributeId":"urn:argus:attribute:credential","Value":"{reader}"}}]}},
"Resource":{{"Attribute":[
{{"AttributeId":"urn:oasis:names:tc:xacml:1.0:resource:resource-id","Value":"acme/atlas/evidence/42"}},
{{"AttributeId":"urn:acme:classification","Value":"internal"}},
{{"AttributeId":"urn:acme:size","DataType":"integer","Value":4096}}]}},
"Action":{{"Attribute":[{{"AttributeId":"urn:oasis:names:tc:xacml:1.0:action:action-id","Value":"read"}}]}},
"Environment":{{"Attribute":[{{"AttributeId":"urn:argus:attribute:client-ip",
"DataType":"urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value","Value":"203.0.113.7"}}]}}}}}}"#
    )
}

fn xml(reader: &str) -> String {
    let attribute = |id: &str, data_type: &str, values: &[&str]| {
        let value = |text: &&str| format!("      <AttributeValue DataType=\"{data_type}\">{text}</AttributeValue>\n");
        let values = values.iter().map(value).collect::<Vec<_>>().concat();
        format!("    <Attribute AttributeId=\"{id}\" IncludeInResult=\"false\">\n{values}    </Attribute>\n")
    };
    let string = |id: &str, values: &[&str]| attribute(id, "http://www.w3.org/2001/XMLSchema#string", values);
    let category = |id: &str, attributes: &[String]| {
        format!("  <Attributes Category=\"{id}\">\n{}  </Attributes>\n", attributes.concat())
    };
    let subject = [
        string("urn:oasis:names:tc:xacml:1.0:subject:subject-id", &["alice"]),
        string("urn:acme:role", &["analyst", "employee"]),
        string("urn:argus:attribute:credential", &[reader]),
    ];
    let resource = [
        string("urn:oasis:names:tc:xacml:1.0:resource:resource-id", &["acme/atlas/evidence/42"]),
        string("urn:acme:classification", &["internal"]),
        attribute("urn:acme:size", "http://www.w3.org/2001/XMLSchema#integer", &["4096"]),
    ];
    let action = [string("urn:oasis:names:tc:xacml:1.0:action:action-id", &["read"])];
    let address = "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value";
    let environment = [attribute("urn:argus:attribute:client-ip", address, &["203.0.113.7"])];
    let body = [
        category("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", &subject),
        category("urn:oasis:names:tc:xacml:3.0:attribute-category:resource", &resource),
        category("urn:oasis:names:tc:xacml:3.0:attribute-category:action", &action),
        category("urn:oasis:names:tc:xacml:3.0:attribute-category:environment", &environment),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Request xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" ReturnPolicyIdList=\"false\" \
         CombinedDecision=\"false\">\n{}</Request>\n",
        body.concat()
    )
}
