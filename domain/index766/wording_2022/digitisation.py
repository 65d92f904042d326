"""Group 4 of `qd766-2022`: electronic results, digitised papers, and data used again."""

from typing import Final

from domain.errors import Sentence
from domain.index766.shapes import Basis, Group, Indicator, WhenEmpty
from domain.index766.wording_2022.shared import ACCEPTED, FULL_AT_80, WHOLE

DIGITISATION: Final = (
    Indicator(
        id="4.1",
        code="ORIGINAL_RESULT_AVAILABLE",
        group=Group.DIGITISATION,
        maximum=6,
        name=Sentence(
            vi="Tỷ lệ hồ sơ có cấp kết quả giải quyết điện tử",
            en="Dossiers with an electronic result",
        ),
        numerator=Sentence(
            vi="hồ sơ có kết quả điện tử có giá trị pháp lý",
            en="dossiers with a legally valid electronic result",
        ),
        denominator=Sentence(
            vi="hồ sơ cần kết quả bằng văn bản, giấy tờ",
            en="dossiers that need a document for a result",
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="4.2",
        code="SO_HOA_GIAY_TO_GIAI_QUYET",
        group=Group.DIGITISATION,
        maximum=4,
        name=Sentence(vi="Tỷ lệ hồ sơ thực hiện số hóa", en="Dossiers digitised"),
        numerator=Sentence(
            vi="hồ sơ có tệp thành phần và tệp kết quả",
            en="dossiers with files of papers and of the result",
        ),
        denominator=ACCEPTED,
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
        note=Sentence(
            vi="Văn bản ghi đạt 80 % là đủ điểm; điểm quan sát được không như vậy.",
            en="The text gives full marks at 80 %; the scores observed do not.",
        ),
    ),
    Indicator(
        id="4.3",
        code="REUSED_DIGITIZED_DATA",
        group=Group.DIGITISATION,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ hồ sơ khai thác, sử dụng lại dữ liệu số hóa",
            en="Dossiers that reuse digitised data",
        ),
        numerator=Sentence(
            vi="hồ sơ có ít nhất một thành phần dùng lại", en="dossiers with a reused component"
        ),
        denominator=ACCEPTED,
        points=FULL_AT_80,
        points_basis=Basis.PUBLISHED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="4.4",
        code="SYNCED_WITH_DVCQG_PERSONAL_STORAGE",
        group=Group.DIGITISATION,
        maximum=4,
        name=Sentence(
            vi="Tỷ lệ hồ sơ số hóa có kết nối, chia sẻ để dùng lại",
            en="Dossiers connected with the citizen's store",
        ),
        numerator=Sentence(
            vi="hồ sơ có thành phần lấy từ kho dữ liệu cá nhân hoặc kết quả đồng bộ về kho",
            en="dossiers with a paper from the citizen's store or a result put there",
        ),
        denominator=ACCEPTED,
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
        note=Sentence(vi="Chỉ quan sát được tỷ lệ 0.", en="Only a ratio of 0 was ever observed."),
    ),
    Indicator(
        id="4.5a",
        code="CITIZEN_DATA_CONNECTED_FORMALITY",
        group=Group.DIGITISATION,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ thủ tục kết nối, chia sẻ dữ liệu dân cư",
            en="Procedures connected with population data",
        ),
        numerator=Sentence(
            vi="thủ tục có hồ sơ dùng dữ liệu dân cư", en="procedures that used population data"
        ),
        denominator=Sentence(
            vi="thủ tục có đối tượng thực hiện là người dân", en="procedures for citizens"
        ),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="4.5b",
        code="CITIZEN_DATA_CONNECTED_DOSSIER",
        group=Group.DIGITISATION,
        maximum=2,
        name=Sentence(
            vi="Tỷ lệ hồ sơ dùng dữ liệu dân cư", en="Dossiers that used population data"
        ),
        numerator=Sentence(vi="hồ sơ dùng dữ liệu dân cư", en="dossiers that used population data"),
        denominator=ACCEPTED,
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
    ),
    Indicator(
        id="4.6",
        code="ELECTRONIC_CERTIFIED_COPY",
        group=Group.DIGITISATION,
        maximum=2,
        name=Sentence(
            vi="Cung cấp dịch vụ chứng thực bản sao điện tử từ bản chính",
            en="Certified electronic copies offered",
        ),
        numerator=Sentence(
            vi="xã, phường có chứng thực bản sao điện tử",
            en="communes that offer certified electronic copies",
        ),
        denominator=Sentence(vi="xã, phường", en="communes"),
        points=WHOLE,
        points_basis=Basis.OBSERVED,
        when_empty=WhenEmpty.NOT_APPLICABLE,
        note=Sentence(
            vi="Nguồn không ghi số thứ tự cho chỉ tiêu này.", en="The source gives it no number."
        ),
    ),
)
