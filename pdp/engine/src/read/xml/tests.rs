//! What the reader takes, what it refuses, and where it says the fault is.

use super::*;

/// All events of a text, written down.
fn events(text: &str) -> Result<String, String> {
    use std::fmt::Write;
    let mut out = String::new();
    let fail = |error: XmlError| format!("{}-{} {}: {}", error.at.start, error.at.end, error.code, error.message);
    let mut xml = XmlReader::new(text, XmlLimits::default()).map_err(fail)?;
    loop {
        match xml.pull().map_err(fail)? {
            Event::Start(start) => {
                let _ = write!(out, "<{}{{{}}}", start.name.local, xml.uri(start.name.space));
                for one in xml.attributes() {
                    let _ = write!(out, " {}{{{}}}={:?}", one.name.local, xml.uri(one.name.space), one.value);
                }
                out.push('>');
            }
            Event::End(end) => {
                let _ = write!(out, "</{}>", end.content.slice(text).len());
            }
            Event::Text(text) => {
                let _ = write!(out, "{:?}", text.value);
            }
            Event::Comment(comment) => {
                let _ = write!(out, "#{}", comment.text);
            }
            Event::Instruction(instruction) => {
                let _ = write!(out, "?{}", instruction.text);
            }
            Event::Eof => return Ok(out),
        }
    }
}

#[test]
fn a_document_is_read_as_it_stands() {
    let text = "\u{FEFF}<?xml version=\"1.0\" encoding='utf-8'?>\n<a xmlns='urn:x' xmlns:p='urn:p' n='1' p:n='2'>\r\nx\
                <!-- c --><p:b/><?go on?></a>\n<!-- end -->\n";
    assert_eq!(events(text).unwrap(), "<a{urn:x} n{}=\"1\" n{urn:p}=\"2\">\"\\nx\"# c <b{urn:p}></0>?go on</28># end ");
}

#[test]
fn pieces_of_text_are_joined_and_references_replaced() {
    assert_eq!(events("<a>1 &lt; 2<![CDATA[ & ]]>&#x33;&#52;</a>").unwrap(), "<a{}>\"1 < 2 & 34\"</34>");
    assert_eq!(events("<a b='&lt;&quot;\t\r\nx&#10;'/>").unwrap(), "<a{} b{}=\"<\\\"  x\\n\"></0>");
    assert_eq!(events("<a>\r\n\r</a>").unwrap(), "<a{}>\"\\n\\n\"</3>");
}

#[test]
fn inner_declarations_hide_outer_ones_until_their_element_ends() {
    let text = "<a xmlns='urn:1' xmlns:p='urn:2'><b xmlns='' xmlns:p='urn:3'><p:c/></b><p:d/></a>";
    assert_eq!(events(text).unwrap(), "<a{urn:1}><b{}><c{urn:3}></0></6><d{urn:2}></0></44>");
    let mut xml = XmlReader::new(text, XmlLimits::default()).unwrap();
    xml.pull().unwrap();
    xml.pull().unwrap();
    assert_eq!(xml.in_scope(), [("", "".into()), ("p", "urn:3".into())]);
    assert_eq!(xml.scope_around(), [("", "urn:1".into()), ("p", "urn:2".into())]);
}

#[test]
fn a_skipped_element_gives_its_place() {
    let text = "<a> <b><c>1</c></b>2</a>";
    let mut xml = XmlReader::new(text, XmlLimits::default()).unwrap();
    xml.pull().unwrap();
    xml.pull().unwrap();
    xml.pull().unwrap();
    let end = xml.skip().unwrap();
    assert_eq!(end.element.slice(text), "<b><c>1</c></b>");
    assert_eq!(end.content.slice(text), "<c>1</c>");
    assert!(matches!(xml.pull().unwrap(), Event::Text(text) if text.value == "2"));
}

#[test]
fn what_quick_xml_lets_pass_is_refused() {
    for (text, expected) in [
        ("", "0-0 ill-formed-xml: the document has no element"),
        ("<a>", "3-3 ill-formed-xml: the document ends inside `<a>`"),
        ("<a/><b/>", "4-8 ill-formed-xml: a second root element"),
        ("<a/>x", "4-5 ill-formed-xml: text outside the root element"),
        ("<![CDATA[ ]]><a/>", "0-13 ill-formed-xml: text outside the root element"),
        ("<a></b>", "3-7 ill-formed-xml: `</b>` closes `<a>`"),
        ("<a/></a>", "4-8 ill-formed-xml: `</a>` closes nothing"),
        ("<a b='1' b='2'/>", "9-10 ill-formed-xml: attribute `b` is given twice"),
        (
            "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
            "35-38 ill-formed-xml: attribute `b` is given twice, under two prefixes of one namespace",
        ),
        ("<a b='<'/>", "6-7 ill-formed-xml: `<` in an attribute's value"),
        ("<a b=1/>", "3-4 ill-formed-xml: an attribute without a value"),
        ("<a b/>", "3-4 ill-formed-xml: an attribute without a value"),
        ("<a b='1'c='2'/>", "8-9 ill-formed-xml: `c` where an attribute's name belongs"),
        ("<a / >", "3-4 ill-formed-xml: `/` where an attribute's name belongs"),
        ("<1a/>", "1-3 ill-formed-xml: a tag without a name"),
        ("<a:b:c/>", "1-6 ill-formed-xml: a tag without a name"),
        ("< a/>", "1-3 ill-formed-xml: a tag without a name"),
        ("<p:a/>", "1-2 ill-formed-xml: prefix `p` is not declared"),
        ("<a p:b=''/>", "3-4 ill-formed-xml: prefix `p` is not declared"),
        ("<a>\u{1}</a>", "3-4 ill-formed-xml: character U+0001 is not allowed in XML"),
        ("<a b='\u{FFFE}'/>", "6-9 ill-formed-xml: character U+FFFE is not allowed in XML"),
        ("<a>]]></a>", "3-6 ill-formed-xml: `]]>` in a text"),
        ("<a>&nbsp;</a>", "3-9 ill-formed-xml: unknown entity `&nbsp;`"),
        ("<a>&#0;</a>", "3-7 ill-formed-xml: `&#0;` is no character of XML"),
        ("<a>&#+65;</a>", "3-9 ill-formed-xml: `&#+65;` is no character of XML"),
        ("<a>x & y</a>", "5-6 ill-formed-xml: `&` that starts no reference"),
        ("<a b='x & y;'/>", "8-9 ill-formed-xml: `&` that starts no reference"),
        ("<a><!-- -- --></a>", "3-14 ill-formed-xml: `--` inside a comment"),
        ("<a><!-- </a>", "3-4 ill-formed-xml: a comment without an end"),
        ("<a b='", "0-1 ill-formed-xml: a tag without an end"),
        (" <?xml version='1.0'?><a/>", "1-22 ill-formed-xml: an XML declaration inside the document"),
        ("<?xml version='1.1'?><a/>", "15-18 ill-formed-xml: XML 1.1 is not read"),
        ("<?xml encoding='utf-8'?><a/>", "0-22 ill-formed-xml: the XML declaration is not as it must be"),
        (
            "<?xml version='1.0' encoding='latin1'?><a/>",
            "30-36 unsupported-encoding: the document says that its encoding is `latin1`; argus reads UTF-8",
        ),
        ("<!DOCTYPE a><a/>", "0-12 dtd-present: a document type declaration is not read"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>", "0-9 dtd-present: a document type declaration is not read"),
        ("<a xmlns:p=''/>", "12-12 ill-formed-xml: a namespace declaration that XML reserves"),
        ("<a xmlns:xml='u'/>", "14-15 ill-formed-xml: a namespace declaration that XML reserves"),
    ] {
        assert_eq!(events(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn limits_are_kept() {
    let limits = XmlLimits { bytes: (40, "request_bytes"), depth: 2, elements: 3, attributes: 2 };
    let message = |text: &str| {
        let mut xml = XmlReader::new(text, limits).map_err(|error| error.message.to_string())?;
        loop {
            match xml.pull() {
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.message.to_string()),
            }
        }
    };
    assert_eq!(message("<a><b/><b/></a>"), Ok(()));
    assert_eq!(message("<a><b/><b/><b/></a>").unwrap_err(), "more than 3 elements");
    assert_eq!(message("<a><b><c/></b></a>").unwrap_err(), "more than 2 elements, one in the other");
    assert_eq!(message("<a b='' c='' d=''/>").unwrap_err(), "more than 2 attributes in a tag");
    assert_eq!(message(&" ".repeat(41)).unwrap_err(), "more than 40 bytes");
}

#[test]
fn bytes_that_are_not_utf8_are_named_by_their_offset() {
    assert_eq!(decode(b"<a>\xC3\xA9</a>").unwrap(), "<a>\u{e9}</a>");
    assert_eq!(decode(b"<a>\xE9</a>").unwrap_err().message, "byte 3 is not UTF-8");
    assert_eq!(
        decode(b"\xFF\xFE<\0a\0").unwrap_err().message,
        "the document is encoded in UTF-16 (little endian); argus reads UTF-8"
    );
}
