//! Cedar, asked in its own JSON: the text is read, decided, and the answer written as JSON again. The policies are
//! parsed once, as a service would hold them.

use anyhow::{Context as _, Result};
use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicySet, Request, ffi};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::{RawValue, Value};

use super::{Form, Small};
use crate::engine::{Engine, Loaded};
use crate::request::{self, Decision};

pub(super) const SMALL: Small = Small {
    name: "Cedar",
    package: "cedar-policy",
    form: Form::Json,
    policy: include_str!("../../fixtures/policy.cedar"),
    load,
};

struct Cedar(PolicySet);

struct Ready {
    authorizer: Authorizer,
    policies: PolicySet,
    requests: Vec<String>,
}

/// The entities stay text: Cedar reads them faster from that than from a tree of values.
#[derive(Deserialize)]
struct Question<'a> {
    principal: Value,
    action: Value,
    resource: Value,
    context: Value,
    #[serde(borrow)]
    entities: &'a RawValue,
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    Ok(Box::new(Cedar(text.parse()?)))
}

impl Loaded for Cedar {
    fn prepare(self: Box<Self>, requests: &[request::Request]) -> Result<Box<dyn Engine>> {
        let requests = requests.iter().map(write).collect();
        Ok(Box::new(Ready { authorizer: Authorizer::new(), policies: self.0, requests }))
    }
}

fn write(request: &request::Request) -> String {
    let question = json!({
        "principal": { "type": "User", "id": "alice" },
        "action": { "type": "Action", "id": "read" },
        "resource": { "type": "Document", "id": "asked-for" },
        "context": {
            "role": request.role,
            "path": request.path,
            "address": { "__extn": { "fn": "ip", "arg": request.address } },
            "hour": request.hour,
        },
        "entities": [],
    });
    question.to_string()
}

impl Ready {
    fn answer(&self, text: &str) -> Result<(Decision, String)> {
        let question: Question<'_> = serde_json::from_str(text)?;
        let request = Request::new(
            EntityUid::from_json(question.principal)?,
            EntityUid::from_json(question.action)?,
            EntityUid::from_json(question.resource)?,
            Context::from_json_value(question.context, None)?,
            None,
        )?;
        let entities = Entities::from_json_str(question.entities.get(), None)?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        let decision = Decision::from(response.decision() == cedar_policy::Decision::Allow);
        Ok((decision, serde_json::to_string(&ffi::Response::from(response))?))
    }
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        let text = self.requests.get(request).context("no such request")?;
        let (decision, answer) = self.answer(text)?;
        std::hint::black_box(answer);
        Ok(decision)
    }
}
