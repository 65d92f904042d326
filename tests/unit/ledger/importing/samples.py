"""Small foreign logs and mappings, written for these tests."""

import gzip
import io
from collections.abc import Mapping

from ledger.importing.mapping import ImportMapping, parse_mapping
from ledger.importing.pseudonyms import keyed_hash
from ledger.importing.sources import Columns, ForeignCase, ForeignEvent

XES_COLUMNS = Columns("concept:name", "concept:name", "time:timestamp", "org:resource")
CSV_COLUMNS = Columns("case", "activity", "time", "who")
SECRET_HASH = keyed_hash(bytes(32))

XES = """<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <string key="meta:origin" value="test"><int key="meta:inner" value="1"/></string>
  <trace>
    <string key="concept:name" value="case-1"/>
    <date key="startdate" value="2011-10-11T13:42:22.688+02:00"/>
    <date key="deadline" value="2011-12-06T13:41:31.788+01:00"/>
    <event>
      <string key="concept:name" value="Receive"/>
      <string key="org:resource" value="Anna"/>
      <date key="time:timestamp" value="2011-10-11T13:45:40.276+02:00"/>
      <list key="papers"><values><string key="paper" value="a"/><string key="paper" value="b"/>
      </values></list>
    </event>
    <event>
      <string key="concept:name" value="Ponder"/>
      <date key="time:timestamp" value="2011-10-12T08:26:25+02:00"/>
    </event>
  </trace>
  <trace>
    <string key="concept:name" value="case-2"/>
  </trace>
</log>
"""

CSV = """case,activity,time,who,channel
c1,Receive,2011-10-11T13:45:40+02:00,Anna,Internet
c1,"Ponder, slowly",2011-10-12,,Internet
c2,Receive,2011-10-13 09:00:00,Bo,Desk
"""

MAPPING = """
name = "sample"
labels = ["Receive", "Decide"]

[source]
format = "csv"
case_id = "case"
activity = "activity"
timestamp = "time"
resource = "who"

[time]
zone = "Europe/Amsterdam"

[office]
id = "SAMPLE"
name.vi = "Cơ quan mẫu"
name.en = "Sample office"

[procedure]
code = "SAMPLE-1"
name.vi = "Thủ tục mẫu"
name.en = "Sample procedure"

[channel]
default = "counter"
attribute = "channel"
values.Internet = "online"

[[activity]]
name = "Submit"
kinds = ["dossier.submitted"]

[[activity]]
name = "Receive"
kinds = ["dossier.accepted"]

[[activity]]
name = "Assess"
kinds = ["dossier.handover_acknowledged"]

[[activity]]
name = "Ask"
kinds = ["dossier.supplement_requested"]

[[activity]]
name = "Decide"
kinds = ["dossier.result_approved"]

[[activity]]
name = "Send"
kinds = ["dossier.result_returned", "dossier.result_issued"]

[[attribute]]
name = "startdate"
kind = "dossier.submitted"

[[attribute]]
name = "deadline"
kind = "dossier.due_date_imported"
precision = "day"

[[attribute]]
name = "enddate"
kind = "dossier.end_imported"
"""


def a_mapping(text: str = MAPPING) -> ImportMapping:
    """The sample mapping, or one made of other text."""
    return parse_mapping(text.encode())


def a_case(
    *activities: str,
    attributes: Mapping[str, str] | None = None,
    times: Mapping[str, str] | None = None,
) -> ForeignCase:
    """A case whose n-th event is on the n-th of March 2012, unless `times` says otherwise."""
    events = tuple(
        ForeignEvent(
            activity,
            (times or {}).get(activity, f"2012-03-{day:02}T10:00:00+01:00"),
            "Anna",
            {},
            line=day,
        )
        for day, activity in enumerate(activities, 1)
    )
    return ForeignCase("case-1", attributes or {}, events, line=1)


def packed(text: str) -> io.BytesIO:
    """The gzip of a text."""
    return io.BytesIO(gzip.compress(text.encode()))
