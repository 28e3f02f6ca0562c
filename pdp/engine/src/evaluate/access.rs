//! `access-permitted` (A.3.16): would this PDP permit the request, were one category another?

use super::{Evaluated, Evaluation};
use crate::compile::program::OpId;
use crate::decision::Decision;
use crate::explain::{NoTrace, Tracer};
use crate::request::{Attributes, Individual};
use crate::status::Fault;
use crate::value::{Operand, Value};

impl<'a, T: Tracer> Evaluation<'a, T> {
    pub(super) fn access_permitted(&mut self, arguments: &'a [OpId]) -> Evaluated<'a, Operand<'a>> {
        let [category, xml] = arguments else { return self.fail(Fault::processing("expected two arguments")) };
        match (self.value(*category)?, self.value(*xml)?) {
            (Value::AnyUri(category), Value::String(xml)) => {
                self.permitted(category, xml).map(|holds| Operand::One(Value::Boolean(holds)))
            }
            _ => self.fail(Fault::processing("expected an anyURI and a string")),
        }
    }

    pub(super) fn permitted(&mut self, category: &'a str, xml: &'a str) -> Evaluated<'a, bool> {
        let most = self.environment.limits.access_permitted;
        if self.nested.get() >= most {
            let message = format!("`access-permitted` was called more than {most} times (limit `access_permitted`)");
            return self.fail(Fault::processing(message));
        }
        self.nested.set(self.nested.get() + 1);
        let arena = self.call.arena;
        let limits = &self.environment.limits;
        let document = arena.text(&as_request(xml));
        let read = crate::wire::read_xml(document, arena, limits)
            .or_else(|error| self.fail(Fault::syntax(format!("in `access-permitted`: {error}"))))?;
        let [replaced] = read.attributes else {
            return self.fail(Fault::syntax("`access-permitted` takes the content of one `Attributes`"));
        };
        let replaced = Attributes { category, ..*replaced };
        let bump = arena.bump();
        let mut attributes: Vec<&'a Attributes<'a>> =
            self.request.attributes.iter().copied().filter(|other| other.category != category).collect();
        attributes.push(bump.alloc(replaced));
        let request = Individual {
            attributes: bump.alloc_slice_copy(&attributes),
            xpath_version: self.request.xpath_version,
            return_policy_id_list: false,
        };
        // The whole policy, from its root, in isolation; only the count of calls is shared.
        let mut nested = Evaluation::new(
            (self.program, self.root),
            bump.alloc(request),
            self.environment,
            arena,
            self.nested,
            bump.alloc(NoTrace),
        );
        nested.plainly = self.plainly;
        Ok(nested.run().decision == Decision::Permit)
    }
}

// Three forms are met: a whole `Attributes`, its content, or the body of its `Content` (A.3.16 leaves it open).
fn as_request(xml: &str) -> String {
    let first = xml.split('<').map(str::trim_start).find(|tag| !tag.is_empty() && !tag.starts_with(['!', '?']));
    let name = first.and_then(|tag| tag.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next());
    let local = name.map_or("", |name| name.rsplit(':').next().unwrap_or(name));
    let (before, after) = match local {
        "Attributes" => ("", ""),
        "Attribute" | "Content" => (r#"<Attributes Category="">"#, "</Attributes>"),
        _ => (r#"<Attributes Category=""><Content>"#, "</Content></Attributes>"),
    };
    format!(
        r#"<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" ReturnPolicyIdList="false" CombinedDecision="false">{before}{xml}{after}</Request>"#
    )
}
