"""The vendor's format, read and written; the only package that imports the vendor's decoder."""

from spymaster.land.dbn.layouts import MESSAGE_RTYPES as MESSAGE_RTYPES
from spymaster.land.dbn.layouts import MESSAGES as MESSAGES
from spymaster.land.dbn.layouts import RECORDS as RECORDS
from spymaster.land.dbn.layouts import RTYPES as RTYPES
from spymaster.land.dbn.layouts import VERSION as VERSION
from spymaster.land.dbn.layouts import Records as Records
from spymaster.land.dbn.layouts import new_records as new_records
from spymaster.land.dbn.layouts import record_dtype as record_dtype
from spymaster.land.dbn.reading import LONGEST_HEADER as LONGEST_HEADER
from spymaster.land.dbn.reading import PRELUDE as PRELUDE
from spymaster.land.dbn.reading import DbnReader as DbnReader
from spymaster.land.dbn.reading import Header as Header
from spymaster.land.dbn.writing import dbn_file as dbn_file
from spymaster.land.dbn.writing import write_dbn as write_dbn
