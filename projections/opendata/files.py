"""Names and media types of the files of open data, and the terms on which they are given."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import Sentence
from projections.opendata.datasets import DATASETS
from projections.opendata.shapes import Dataset

DATA_PACKAGE: Final = "datapackage.json"
CATALOGUE: Final = "catalogue.jsonld"
# What CSV on the Web looks for beside a table (Model for Tabular Data, "Standard File Metadata").
CSVW_SUFFIX: Final = ".csv-metadata.json"
CSVW_MEDIA_TYPE: Final = "application/csvm+json"
JSON_LD_MEDIA_TYPE: Final = "application/ld+json"
JSON_MEDIA_TYPE: Final = "application/json"


class Form(StrEnum):
    """In which forms a dataset is given; the value is the end of the file's name."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    Form.CSV: "text/csv",
    Form.JSONL: "application/x-ndjson",
    Form.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """On what terms the data are given."""

    name: str
    title: Sentence
    address: str


LICENCE: Final = Licence(
    "CC-BY-4.0",
    Sentence(
        "Giấy phép Creative Commons Ghi công 4.0 Quốc tế",
        "Creative Commons Attribution 4.0 International",
    ),
    "https://creativecommons.org/licenses/by/4.0/",
)
PACKAGE_TITLE: Final = Sentence("Dữ liệu mở của Sổ cái Hồ sơ", "Open data of the Dossier Ledger")
PACKAGE_MEANING: Final = Sentence(
    "Mọi tệp đều tính được lại, đúng từng byte, từ nhật ký công khai đến điểm chốt đã nêu. Không "
    "có dữ liệu cá nhân; tên khóa là bí danh.",
    "Every file can be made again, byte for byte, from the public log up to the checkpoint named. "
    "There are no personal data in it; key names are pseudonyms.",
)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of open data: a dataset in a form."""

    dataset: Dataset
    form: Form

    @property
    def name(self) -> str:
        """Give the file's name."""
        return f"{self.dataset.name}.{self.form}"

    @property
    def media_type(self) -> str:
        """Give the file's media type."""
        return MEDIA_TYPES[self.form]


DATA_FILES: Final = tuple(DataFile(dataset, form) for dataset in DATASETS.values() for form in Form)


def data_file(name: str) -> DataFile | None:
    """Give the data file of a name."""
    return next((file for file in DATA_FILES if file.name == name), None)


def metadata_name(dataset: Dataset) -> str:
    """Name the file with the CSVW metadata of a dataset."""
    return f"{dataset.name}{CSVW_SUFFIX}"


def metadata_of(name: str) -> Dataset | None:
    """Give the dataset whose CSVW metadata a file of this name holds."""
    return next((each for each in DATASETS.values() if metadata_name(each) == name), None)


def citation(origin: str, tree_size: int, sealed_at: str) -> Sentence:
    """Say how to cite files as of a checkpoint."""
    return Sentence(
        f"Sổ cái {origin}, dữ liệu mở đến điểm chốt {tree_size} mục, {sealed_at}, {LICENCE.name}.",
        f"Ledger {origin}, open data as of the checkpoint of {tree_size} entries, {sealed_at}, "
        f"{LICENCE.name}.",
    )
