//! Policies inside policy sets, which are read one at a time, each when it ends: nothing of it shows.

use super::{Options, check, lines};
use crate::check::checked::{Child, Node};
use crate::compile::load;
use crate::limits::Limits;
use crate::read::xml::XmlLimits;
use crate::read::{Source, Tag, Tree};

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const XPATH_2: &str = "<PolicySetDefaults><XPathVersion>http://www.w3.org/TR/2007/REC-xpath20-20070123</XPathVersion>\
                       </PolicySetDefaults>";

fn set(id: &str, inside: &str) -> String {
    format!(
        "<PolicySet xmlns=\"{CORE}\" PolicySetId=\"{id}\" Version=\"1\" PolicyCombiningAlgId=\"urn:oasis:names:tc:\
         xacml:3.0:policy-combining-algorithm:deny-overrides\">{inside}</PolicySet>"
    )
}

fn policy(id: &str, inside: &str) -> String {
    format!(
        "<Policy PolicyId=\"{id}\" Version=\"1\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:\
         rule-combining-algorithm:deny-overrides\"><Target/>{inside}</Policy>"
    )
}

/// A rule whose path is one of XPath 2.0.
fn selecting() -> String {
    policy(
        "p",
        "<Rule RuleId=\"r\" Effect=\"Deny\"><Condition><Apply FunctionId=\"urn:oasis:names:tc:xacml:1.0:function:\
         boolean-one-and-only\"><AttributeSelector Category=\"urn:oasis:names:tc:xacml:3.0:attribute-category:resource\" \
         Path=\"for $n in //n return $n\" DataType=\"http://www.w3.org/2001/XMLSchema#boolean\" MustBePresent=\"false\"/>\
         </Apply></Condition></Rule>",
    )
}

fn codes(text: &str) -> Vec<String> {
    let code = |line: &String| line.split(['[', ']']).nth(1).unwrap_or("").to_owned();
    lines(&[text]).iter().map(code).collect()
}

#[test]
fn an_inner_policy_takes_the_xpath_version_of_the_nearest_set_around_it() {
    let inherited = set("a", &format!("{XPATH_2}<Target/>{}", set("b", &format!("<Target/>{}", selecting()))));
    assert_eq!(codes(&inherited), [""; 0]);
    let in_sibling = set("a", &format!("<Target/>{}{}", set("b", &format!("{XPATH_2}<Target/>")), selecting()));
    assert_eq!(codes(&in_sibling), ["bad-xpath"]);
}

#[test]
fn of_what_proves_ill_formed_at_its_end_nothing_else_is_said() {
    let text = set("a", &format!("<Target/>{}", policy("p", "<Rule/><Nonsense/>"))).replace("</PolicySet>", "");
    assert_eq!(codes(&text), ["ill-formed-xml"]);
}

#[test]
fn faults_of_all_levels_are_told_in_the_order_of_the_document() {
    let inner = set("a", &format!("<Wrong/><Target/>{}", policy("q", "<Wrong/>")));
    let text = set("a", &format!("{}<Target/>{inner}<Target/>", policy("p", "<Wrong/>")));
    let expected =
        ["unexpected-element", "element-order", "duplicate-policy-id", "unexpected-element", "unexpected-element"];
    let found = codes(&text);
    assert_eq!(found[..5], expected, "{:#?}", lines(&[&text]));
}

#[test]
fn a_directive_inside_a_part_speaks_of_what_follows_it_there() {
    let unused = "<VariableDefinition VariableId=\"v\"><AttributeValue DataType=\"http://www.w3.org/2001/XMLSchema#\
                  string\">x</AttributeValue></VariableDefinition>";
    let allowed = "<!-- argus: allow unused-variable: for later -->";
    let in_part = policy("p", &format!("{allowed}{unused}"));
    assert_eq!(codes(&set("a", &format!("<Target/>{in_part}"))), [""; 0]);
    let before_part = format!("<Target/>{allowed}{}", policy("p", unused));
    assert_eq!(codes(&set("a", &before_part)), [""; 0]);
    // At the end of another part, and before the end of the set.
    let elsewhere = format!("<Target/>{}{}{allowed}", policy("p", allowed), policy("q", unused));
    assert_eq!(codes(&set("a", &elsewhere)), ["unused-directive", "unused-variable", "unused-directive"]);
}

#[test]
fn a_tree_never_holds_more_than_one_part() {
    let policies: String = (0..50).map(|number| policy(&format!("p{number}"), "<Rule/>")).collect();
    let text = set("a", &format!("<Target/>{}", set("b", &format!("<Target/>{policies}")).repeat(3)));
    let (mut tree, mut parts, mut most) = (Tree::new(), 0, 0);
    let source = Source::new("", &text);
    tree.read(&source, XmlLimits::policy(&Limits::default()), |tree, id| {
        parts += 1;
        if tree.element(id).tag == Tag::Policy {
            most = most.max(tree.inside(id).count());
            assert_eq!(tree.attributes(id).len(), 3);
        } else {
            assert_eq!(tree.inside(id).count(), 51);
        }
    })
    .unwrap();
    assert_eq!((parts, most), (153, 2));
    assert_eq!(tree.inside(tree.root()).count(), 4);
}

#[test]
fn what_is_compiled_at_once_leaves_nothing_in_the_tree() {
    let texts = [
        set("a", &format!("<Target/>{}<PolicyIdReference>q</PolicyIdReference>", policy("p", ""))),
        policy("q", "").replacen("<Policy ", &format!("<Policy xmlns=\"{CORE}\" "), 1),
        set("b", &format!("<Target/>{}", set("c", &format!("<Target/>{}", policy("r", ""))))),
    ];
    let sources: Vec<Source<'_>> = texts.iter().map(|text| Source::new("", text)).collect();
    let (loaded, found) = load(&sources, &Options::default());
    assert_eq!(found, check(&sources, &Options::default()).1);
    let [a, q, b] = loaded.checked.documents.as_slice() else { panic!("three documents") };
    let Node::PolicySet(a) = &a.node else { panic!("a set") };
    assert!(matches!(a.children.as_slice(), [Child::Compiled(_), Child::Reference { document: Some(1), .. }]));
    assert!(q.node.compiled().is_some());
    let Node::PolicySet(b) = &b.node else { panic!("a set") };
    assert!(b.compiled.is_some() && b.children.is_empty());
    let (programs, _) = loaded.programs(&[0, 2, 9]);
    let roots: Vec<_> = programs.iter().map(|program| program.as_ref().map(|one| one.root_identifier().0)).collect();
    assert_eq!(roots, [Some("a"), Some("b"), None]);
}

#[test]
fn what_has_errors_is_neither_compiled_nor_evaluated() {
    let bad = policy("bad", "<Rule RuleId=\"r\" Effect=\"Allow\"/>");
    let circular = "<VariableDefinition VariableId=\"v\"><VariableReference VariableId=\"v\"/></VariableDefinition>";
    let around = set("a", &format!("<Target/>{}", set("b", &format!("<Target/>{bad}{}", policy("q", circular)))));
    let sources = [Source::new("", &around)];
    let (loaded, _) = load(&sources, &Options::default());
    assert!(loaded.programs(&[0]).0[0].is_none());
}
