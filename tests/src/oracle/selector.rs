//! Selectors (core 7.3.7) over small documents: each path that the generator writes is spelled out as a walk.
//!
//! The documents have a root `r` with children `a` and `b`, which may hold an element `c`, and attributes `n`; perhaps
//! all of them in the namespace `urn:n`. There are no comments, entities or prefixes.

use argus_engine::check::checked::Selector;
use argus_engine::status::StatusCode;

use super::value::Value;
use super::{Maybe, Oracle};

/// An element of the document.
#[derive(Debug, Default)]
struct Element {
    name: String,
    namespace: String,
    attributes: Vec<(String, String)>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    fn elements(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(move |child| match child {
            Node::Element(element) if element.name == name => Some(element),
            _ => None,
        })
    }

    fn all(&self) -> Vec<&Self> {
        let below = self.children.iter().flat_map(|child| match child {
            Node::Element(element) => element.all(),
            Node::Text(_) => Vec::new(),
        });
        std::iter::once(self).chain(below).collect()
    }

    fn text(&self) -> String {
        let part = |child: &Node| match child {
            Node::Element(element) => element.text(),
            Node::Text(text) => text.clone(),
        };
        self.children.iter().map(part).collect()
    }

    fn texts(&self) -> impl Iterator<Item = String> {
        self.children.iter().filter_map(|child| match child {
            Node::Text(text) => Some(text.clone()),
            Node::Element(_) => None,
        })
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

impl Oracle<'_> {
    /// The bag of a selector.
    pub(super) fn selector(&self, selector: &Selector<'_>) -> Maybe<Vec<Value>> {
        assert!(selector.context_selector.is_none(), "the oracle does not know ContextSelectorId");
        // A path that does not parse fails whenever it is evaluated (5.2 of the selectors' rules).
        if selector.path_text.ends_with('[') {
            return Err(StatusCode::ProcessingError);
        }
        let content = self
            .request
            .attributes
            .iter()
            .filter(|one| one.category == selector.category)
            .find_map(|one| one.content)
            .map(|content| parse(content.xml));
        let texts = match &content {
            None => Vec::new(),
            Some(root) => walk(&selector.path_text, root)?,
        };
        if texts.is_empty() && selector.must_be_present {
            return Err(StatusCode::MissingAttribute);
        }
        let value = |text: &String| Value::parse(selector.data_type, text).ok_or(StatusCode::ProcessingError);
        texts.iter().map(value).collect()
    }
}

/// The string values of what a path selects, in document order.
fn walk(path: &str, root: &Element) -> Maybe<Vec<String>> {
    // A name without a prefix is in no namespace; `p` stands for `urn:n`.
    let namespace = if path.contains("p:") { "urn:n" } else { "" };
    let path = path.replace("p:", "");
    let in_scope = root.namespace == namespace;
    let of_root = |name: &str| root.elements(name).filter(|_| in_scope).collect::<Vec<_>>();
    let named = |name: &str| {
        let all = root.all().into_iter().filter(|_| in_scope);
        all.filter(|element| element.name == name).collect::<Vec<_>>()
    };
    let texts = |elements: Vec<&Element>| elements.iter().map(|element| element.text()).collect();
    Ok(match path.as_str() {
        "/r/a" | "r/a" => texts(of_root("a")),
        "//b" => texts(named("b")),
        "//c" => texts(named("c")),
        "/r/a[2]" => texts(of_root("a").into_iter().skip(1).take(1).collect()),
        // `*` is any element, but `r` has a name.
        "/r/*[last()]" => {
            let mut elements = root.children.iter().rev().filter_map(|child| match child {
                Node::Element(element) => Some(element.text()),
                Node::Text(_) => None,
            });
            elements.next().filter(|_| in_scope).into_iter().collect()
        }
        "/r/a/text()" => of_root("a").iter().flat_map(|element| element.texts()).collect(),
        "/r/@n" => root.attribute("n").filter(|_| in_scope).into_iter().collect(),
        "//@n" => root.all().iter().filter_map(|element| element.attribute("n")).collect(),
        "//a[@n='1']" => {
            texts(named("a").into_iter().filter(|one| one.attribute("n").as_deref() == Some("1")).collect())
        }
        "//c/.." => {
            let holds = |element: &&Element| in_scope && element.elements("c").next().is_some();
            texts(root.all().into_iter().filter(holds).collect())
        }
        "." => vec![root.text()],
        "/r/missing" => Vec::new(),
        "count(//a)" | "'a'" | "1 = 1" => return Err(StatusCode::SyntaxError),
        other => panic!("the oracle does not know the path `{other}`"),
    })
}

/// Reads a document of the generator.
fn parse(xml: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut rest = xml;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('<') {
            let (tag, after) = after.split_once('>').unwrap();
            rest = after;
            if tag.starts_with('/') {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(Node::Element(closed));
                continue;
            }
            let bare = tag.strip_suffix('/');
            let element = opened(bare.unwrap_or(tag), &open.last().unwrap().namespace);
            match bare {
                Some(_) => open.last_mut().unwrap().children.push(Node::Element(element)),
                None => open.push(element),
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            open.last_mut().unwrap().children.push(Node::Text(rest[..end].to_owned()));
            rest = &rest[end..];
        }
    }
    match open.pop().unwrap().children.pop() {
        Some(Node::Element(root)) => root,
        other => panic!("{other:?} is no document"),
    }
}

fn opened(tag: &str, namespace: &str) -> Element {
    let mut parts = tag.split(' ');
    let name = parts.next().unwrap().to_owned();
    let mut element = Element { name, namespace: namespace.to_owned(), ..Element::default() };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap();
        let value = value.trim_matches('\'').to_owned();
        if name == "xmlns" {
            element.namespace = value;
        } else {
            element.attributes.push((name.to_owned(), value));
        }
    }
    element
}
