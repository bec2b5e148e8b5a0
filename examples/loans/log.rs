//! Event logs in XES, the process miners' format (IEEE 1849): read case by case, packed with gzip or not.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::str::FromStr;

use eventsource_core::Timestamp;
use flate2::bufread::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event as Xml};

/// Where a log comes from.
#[derive(Debug, Clone)]
pub enum Source {
    File(PathBuf),
    /// A short log that was made up for this program: all that is odd in the bank's own log occurs in it.
    Short,
}

/// One application, as the log tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub id: String,
    pub amount: u64,
    pub registered_at: Timestamp,
    pub events: Vec<Entry>,
}

/// One event of a log.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub activity: String,
    pub transition: Transition,
    pub at: Timestamp,
    /// Who; the log does not always know.
    pub resource: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transition {
    Schedule,
    Start,
    Complete,
}

impl Transition {
    const fn name(self) -> &'static str {
        match self {
            Self::Schedule => "SCHEDULE",
            Self::Start => "START",
            Self::Complete => "COMPLETE",
        }
    }
}

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Transition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = [Self::Schedule, Self::Start, Self::Complete].into_iter();
        all.find(|it| it.name() == text).ok_or(())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{log}: cannot be read behind byte {byte}; is it damaged, or cut short? {source}")]
    Damaged {
        log: String,
        byte: u64,
        source: quick_xml::Error,
    },
    #[error("{log}: not well-formed XML at byte {byte}: {source}")]
    Malformed {
        log: String,
        byte: u64,
        source: quick_xml::Error,
    },
    #[error("{log}: ends at byte {byte}, inside of an element: it was cut short")]
    CutShort { log: String, byte: u64 },
    #[error("{log}: this is no XES log: there is no <log> with a <trace> in it")]
    NoLog { log: String },
    #[error("{log}, {place}: `{key}` is missing")]
    Missing {
        log: String,
        place: String,
        key: &'static str,
    },
    #[error("{log}, {place}: `{key}` is {value:?}, and must be {expected}")]
    Value {
        log: String,
        place: String,
        key: &'static str,
        value: String,
        expected: &'static str,
    },
}

/// The cases of a log, one after another; after an error there are no more.
pub struct Log {
    name: String,
    reader: Reader<Box<dyn BufRead + Send>>,
    buffer: Vec<u8>,
    /// How many elements are open.
    depth: usize,
    cases: u64,
    ended: bool,
}

/// The attributes of a case or of an event that a log may hold, in whatever order.
#[derive(Default)]
struct Attributes {
    name: Option<String>,
    amount: Option<String>,
    registered_at: Option<String>,
    transition: Option<String>,
    at: Option<String>,
    resource: Option<String>,
}

const TIME: &str = "a time, as 2011-10-01T00:38:44.546+02:00";
const TRANSITION: &str = "SCHEDULE, START or COMPLETE";
const SHORT: &[u8] = include_bytes!("short.xes");
const GZIP: &[u8] = &[0x1f, 0x8b];

impl Source {
    /// A file, where a path is given.
    pub fn of(path: Option<PathBuf>) -> Self {
        path.map_or(Self::Short, Self::File)
    }

    /// Opens the log.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened.
    pub fn open(&self) -> Result<Log, LogError> {
        match self {
            Self::Short => Ok(Log::new("the short log", Box::new(SHORT))),
            Self::File(path) => {
                let failed = |source| LogError::Open {
                    path: path.clone(),
                    source,
                };
                let file = BufReader::new(File::open(path).map_err(failed)?);
                Log::packed(&path.display().to_string(), file).map_err(failed)
            }
        }
    }
}

impl Log {
    fn new(name: &str, input: Box<dyn BufRead + Send>) -> Self {
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        Self {
            name: name.to_owned(),
            reader,
            buffer: Vec::new(),
            depth: 0,
            cases: 0,
            ended: false,
        }
    }

    /// Unpacks what begins as gzip does.
    fn packed(name: &str, mut input: impl BufRead + Send + 'static) -> std::io::Result<Self> {
        let packed = input.fill_buf()?.starts_with(GZIP);
        Ok(if packed {
            let unpacked = BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(input));
            Self::new(name, Box::new(unpacked))
        } else {
            Self::new(name, Box::new(input))
        })
    }

    /// Reads to the end of the next case; `None` behind the last.
    fn next_case(&mut self) -> Result<Option<Case>, LogError> {
        loop {
            match self.next_element()? {
                Element::Begins(Tag::Trace) => {
                    self.cases += 1;
                    return self.read_case().map(Some);
                }
                Element::EndOfLog if self.cases == 0 => {
                    let log = self.name.clone();
                    return Err(LogError::NoLog { log });
                }
                Element::EndOfLog => return Ok(None),
                _ => {}
            }
        }
    }

    fn read_case(&mut self) -> Result<Case, LogError> {
        let inside = self.depth;
        let mut attributes = Attributes::default();
        let mut events = Vec::new();
        loop {
            match self.next_element()? {
                Element::Begins(Tag::Event) if self.depth == inside + 1 => {
                    let number = events.len() + 1;
                    events.push(self.read_entry(number)?);
                }
                Element::Begins(Tag::Attribute(key, value)) if self.depth == inside + 1 => {
                    attributes.set(&key, value);
                }
                Element::Ends if self.depth < inside => break,
                _ => {}
            }
        }
        let place = format!("case {} in the file", self.cases);
        let id = self.present(&place, "concept:name", attributes.name)?;
        let place = format!("case {id}");
        let amount = self.present(&place, "AMOUNT_REQ", attributes.amount)?;
        let amount = self.parsed(&place, "AMOUNT_REQ", amount, "a whole number")?;
        let registered_at = self.present(&place, "REG_DATE", attributes.registered_at)?;
        let registered_at = self.parsed(&place, "REG_DATE", registered_at, TIME)?;
        Ok(Case {
            id,
            amount,
            registered_at,
            events,
        })
    }

    fn read_entry(&mut self, number: usize) -> Result<Entry, LogError> {
        let inside = self.depth;
        let mut attributes = Attributes::default();
        loop {
            match self.next_element()? {
                Element::Begins(Tag::Attribute(key, value)) if self.depth == inside + 1 => {
                    attributes.set(&key, value);
                }
                Element::Ends if self.depth < inside => break,
                _ => {}
            }
        }
        let place = format!("event {number} of case {} in the file", self.cases);
        let transition = self.present(&place, "lifecycle:transition", attributes.transition)?;
        let at = self.present(&place, "time:timestamp", attributes.at)?;
        Ok(Entry {
            activity: self.present(&place, "concept:name", attributes.name)?,
            transition: self.parsed(&place, "lifecycle:transition", transition, TRANSITION)?,
            at: self.parsed(&place, "time:timestamp", at, TIME)?,
            resource: attributes.resource,
        })
    }

    fn next_element(&mut self) -> Result<Element, LogError> {
        loop {
            self.buffer.clear();
            let read = match self.reader.read_event_into(&mut self.buffer) {
                Ok(Xml::Start(start)) => {
                    self.depth += 1;
                    tag(&start).map(Element::Begins)
                }
                Ok(Xml::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    Ok(Element::Ends)
                }
                Ok(Xml::Eof) if self.depth == 0 => Ok(Element::EndOfLog),
                Ok(Xml::Eof) => {
                    let (log, byte) = (self.name.clone(), self.reader.buffer_position());
                    return Err(LogError::CutShort { log, byte });
                }
                Ok(_) => continue,
                Err(error) => Err(error),
            };
            return read.map_err(|source| self.broken(source));
        }
    }

    fn broken(&self, source: quick_xml::Error) -> LogError {
        let (log, byte) = (self.name.clone(), self.reader.buffer_position());
        match source {
            quick_xml::Error::Io(_) => LogError::Damaged { log, byte, source },
            _ => LogError::Malformed { log, byte, source },
        }
    }

    fn present(
        &self,
        place: &str,
        key: &'static str,
        value: Option<String>,
    ) -> Result<String, LogError> {
        value.ok_or_else(|| LogError::Missing {
            log: self.name.clone(),
            place: place.to_owned(),
            key,
        })
    }

    fn parsed<T: FromStr>(
        &self,
        place: &str,
        key: &'static str,
        value: String,
        expected: &'static str,
    ) -> Result<T, LogError> {
        value
            .parse()
            .map_err(|_| self.unfit(place, key, value, expected))
    }

    fn unfit(
        &self,
        place: &str,
        key: &'static str,
        value: String,
        expected: &'static str,
    ) -> LogError {
        LogError::Value {
            log: self.name.clone(),
            place: place.to_owned(),
            key,
            value,
            expected,
        }
    }
}

impl Iterator for Log {
    type Item = Result<Case, LogError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.next_case().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

impl Attributes {
    fn set(&mut self, key: &str, value: String) {
        let field = match key {
            "concept:name" => &mut self.name,
            "AMOUNT_REQ" => &mut self.amount,
            "REG_DATE" => &mut self.registered_at,
            "lifecycle:transition" => &mut self.transition,
            "time:timestamp" => &mut self.at,
            "org:resource" => &mut self.resource,
            _ => return,
        };
        *field = Some(value);
    }
}

enum Element {
    Begins(Tag),
    Ends,
    EndOfLog,
}

enum Tag {
    Trace,
    Event,
    /// Any element with a key and a value.
    Attribute(String, String),
    Other,
}

fn tag(start: &BytesStart<'_>) -> Result<Tag, quick_xml::Error> {
    match start.local_name().as_ref() {
        "trace" => return Ok(Tag::Trace),
        "event" => return Ok(Tag::Event),
        _ => {}
    }
    let text = |name| -> Result<Option<String>, quick_xml::Error> {
        let Some(attribute) = start.try_get_attribute(name)? else {
            return Ok(None);
        };
        let value = attribute.normalized_value(XmlVersion::Explicit1_0)?;
        Ok(Some(value.into_owned()))
    };
    Ok(match (text("key")?, text("value")?) {
        (Some(key), Some(value)) => Tag::Attribute(key, value),
        _ => Tag::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::{Case, Log, LogError, Source, Transition};
    use flate2::Compression;
    use flate2::read::GzEncoder;
    use std::io::Read as _;

    fn read(text: &[u8]) -> Result<Vec<Case>, LogError> {
        let text = std::io::Cursor::new(text.to_vec());
        Log::packed("a log", text).unwrap().collect()
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        GzEncoder::new(text, Compression::default())
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    }

    fn failed(text: &[u8]) -> String {
        read(text).unwrap_err().to_string()
    }

    const CASE: &str = r#"<log>
        <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
        <trace>
            <string key="AMOUNT_REQ" value="50"/>
            <string key="concept:name" value="a&amp;b"><string key="concept:name" value="nested"/></string>
            <date key="REG_DATE" value="2011-10-01T00:00:00.500+02:00"/>
            <event>
                <date key="time:timestamp" value="2011-10-01T00:00:01.000+02:00"/>
                <string key="lifecycle:transition" value="START"/>
                <string key="concept:name" value="W"/>
            </event>
        </trace>
    </log>"#;

    #[test]
    fn a_log_is_read_packed_or_not() {
        let cases = read(CASE.as_bytes()).unwrap();
        assert_eq!(cases, read(&packed(CASE.as_bytes())).unwrap());
        let [case] = &cases[..] else {
            panic!("one case")
        };
        assert_eq!((case.id.as_str(), case.amount), ("a&b", 50));
        let [entry] = &case.events[..] else {
            panic!("one event")
        };
        assert_eq!(entry.transition, Transition::Start);
        assert_eq!(entry.at.to_string(), "2011-09-30T22:00:01.000000Z");
        assert_eq!(entry.resource, None);
    }

    #[test]
    fn what_is_wrong_with_a_log_is_told_in_words() {
        let half = &CASE.as_bytes()[..CASE.len() / 2];
        let gzip = packed(CASE.as_bytes());
        for (text, word) in [
            (half.to_vec(), "byte"),
            (b"<log><trace>".to_vec(), "cut short"),
            (gzip[..gzip.len() - 20].to_vec(), "damaged"),
            (CASE.replace("</event>", "</evnt>").into(), "byte"),
            (
                CASE.replace("2011-10-01T00:00:01", "today").into(),
                "`time:timestamp`",
            ),
            (CASE.replace("\"50\"", "\"half\"").into(), "a whole number"),
            (
                CASE.replace("START", "PAUSE").into(),
                "SCHEDULE, START or COMPLETE",
            ),
            (
                CASE.replace("AMOUNT_REQ", "AMOUNT").into(),
                "`AMOUNT_REQ` is missing",
            ),
            (b"<log></log>".to_vec(), "no XES log"),
            (Vec::new(), "no XES log"),
        ] {
            let error = failed(&text);
            assert!(error.contains("a log") && error.contains(word), "{error}");
        }
        let missing = Source::of(Some("no-such-file.xes".into())).open();
        let error = missing.err().unwrap().to_string();
        assert!(error.contains("no-such-file.xes"), "{error}");
    }

    #[test]
    fn behind_an_error_there_is_nothing() {
        let mut log = Log::packed("a log", std::io::Cursor::new(b"<log><trace>".to_vec())).unwrap();
        assert!(log.next().is_some_and(|it| it.is_err()));
        assert!(log.next().is_none());
    }
}
