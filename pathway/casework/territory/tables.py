"""Each value a setting of the territory has had. Append only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from pathway.casework.territory.rules import LONGEST, Setting
from pathway.store.columns import ID_LENGTH, STRICT, coded


class TerritorySetting(SQLModel, table=True):
    """One value of one setting, from the instant it was decided; the highest version holds. Empty: the default."""

    __tablename__ = "territory_setting"
    __table_args__ = (coded("name", Setting), STRICT)

    name: str = Field(primary_key=True, max_length=40)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    value: str = Field(max_length=LONGEST)
    decided_by: str = Field(max_length=ID_LENGTH)
    decided_as: str = Field(max_length=20)
    recorded_at: datetime
