//! Cedar, asked with a request that was built beforehand. All that the policy asks for stands in the context, which
//! Cedar reads a little faster than attributes of entities, and needs the shortest JSON.

use anyhow::{Context as _, Result};
use cedar_policy::{Authorizer, Context, Entities, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression};

use super::{Form, Series, Small, repeated};
use crate::engine::{Engine, Loaded};
use crate::request::{self, Decision};

const POLICY: &str = include_str!("../../fixtures/policy.cedar");

pub(super) const SMALL: Small =
    Small { name: "Cedar", package: "cedar-policy", form: Form::Built, policy: POLICY, load };

pub(super) const SERIES: Series = Series {
    name: "Cedar",
    package: "cedar-policy",
    write: |count| repeated(POLICY, count),
    load: load_many,
    // One decision goes through all policies: at 100,000 a single cycle would take ten seconds.
    decides: 10_000,
    loads: 100_000,
};

/// The least that a policy can say, for the least that loading can cost. It can't give the decisions asked for.
pub(super) const PATH_ALONE: Series = Series {
    name: "Cedar, path alone",
    package: "cedar-policy",
    write: |count| repeated(include_str!("../../fixtures/path-alone.cedar"), count),
    load: load_many,
    decides: 0,
    loads: 100_000,
};

struct Cedar(PolicySet);

struct Ready {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

fn load(text: &str) -> Result<Box<dyn Loaded>> {
    Ok(Box::new(Cedar(text.parse()?)))
}

/// Parses 100 policies at a time, as if each hundred were a file. All in one text leaves four times the memory behind,
/// and 100,000 of them take twice as long; one by one also takes longer.
fn load_many(text: &str) -> Result<Box<dyn Loaded>> {
    let texts: Vec<&str> = text.split_inclusive("};\n").collect();
    let mut all = PolicySet::new();
    for (number, hundred) in texts.chunks(100).enumerate() {
        let hundred: PolicySet = hundred.concat().parse()?;
        for policy in hundred.policies() {
            // The parser numbers the policies of each text from zero.
            all.add(policy.new_id(PolicyId::new(format!("{number}.{}", policy.id()))))?;
        }
    }
    Ok(Box::new(Cedar(all)))
}

impl Loaded for Cedar {
    fn prepare(self: Box<Self>, requests: &[request::Request]) -> Result<Box<dyn Engine>> {
        let requests = requests.iter().map(build).collect::<Result<_>>()?;
        let entities = Entities::empty();
        Ok(Box::new(Ready { authorizer: Authorizer::new(), policies: self.0, entities, requests }))
    }
}

fn build(request: &request::Request) -> Result<Request> {
    let text = |value: &str| RestrictedExpression::new_string(value.to_owned());
    let context = Context::from_pairs([
        ("role".to_owned(), text(&request.role)),
        ("path".to_owned(), text(&request.path)),
        ("address".to_owned(), RestrictedExpression::new_ip(&request.address)),
        ("hour".to_owned(), RestrictedExpression::new_long(request.hour.into())),
    ])?;
    let user: EntityUid = r#"User::"alice""#.parse()?;
    let read: EntityUid = r#"Action::"read""#.parse()?;
    let document: EntityUid = r#"Document::"asked-for""#.parse()?;
    Ok(Request::new(user, read, document, context, None)?)
}

impl Engine for Ready {
    fn decide(&mut self, request: usize) -> Result<Decision> {
        let request = self.requests.get(request).context("no such request")?;
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        Ok(Decision::from(response.decision() == cedar_policy::Decision::Allow))
    }
}
