# Python reads this before moto: what moto lacks of AWS, as far as the tests need it.
from moto.rds.models import RDSBackend

promoted_by_moto = RDSBackend.promote_read_replica


def promote_read_replica(self, db_kwargs):
    """A promoted replica has no source any more; moto leaves it there."""
    database = promoted_by_moto(self, db_kwargs)
    database.source_db_instance_identifier = None
    return database


RDSBackend.promote_read_replica = promote_read_replica
