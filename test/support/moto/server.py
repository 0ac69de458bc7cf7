"""moto's server with what Terraform asks for and moto lacks. Usage: python server.py PORT"""

import fnmatch
import json
import secrets
import sys
import threading
import time

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudtrail.models import CloudTrailBackend
from moto.codedeploy.models import Application, CodeDeployBackend, DeploymentGroup
from moto.codedeploy.responses import CodeDeployResponse
from moto.core.responses import EmptyResult
from moto.elasticache.exceptions import ReplicationGroupNotFound
from moto.elasticache.models import CacheCluster, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse
from moto.guardduty.models import Detector
from moto.rds.models import RDSBackend
from moto.s3.models import FakeBucket
from moto.server import DomainDispatcherApplication, main


def a_list(value):
    return value if isinstance(value, list) else [value]


# One request at a time: its tables are dictionaries that one thread goes through while another one changes them.
answer = DomainDispatcherApplication.__call__
one_at_a_time = threading.Lock()


def answer_alone(self, environ, start_response):
    with one_at_a_time:
        return answer(self, environ, start_response)


DomainDispatcherApplication.__call__ = answer_alone


# CloudTrail's calls name a trail by its ARN too.
def by_name(call):
    def named(self, name, *args, **kwargs):
        return call(self, name.rsplit("/", 1)[-1], *args, **kwargs)

    return named


for verb in ("start_logging", "stop_logging", "delete_trail"):
    setattr(CloudTrailBackend, verb, by_name(getattr(CloudTrailBackend, verb)))


# Times are numbers, alarms are kept, and what was made can be deleted.
application_to_dict = Application.to_dict
group_to_dict = DeploymentGroup.to_dict
Application.to_dict = lambda self: {**application_to_dict(self), "createTime": time.time()}


def deployment_group(self):
    return {**group_to_dict(self), "alarmConfiguration": self.alarm_configuration or {}}


def delete_application(self):
    backend = self.codedeploy_backend
    name = self._get_param("applicationName")
    backend.applications.pop(name, None)
    backend.deployment_groups.pop(name, None)
    return "{}"


def delete_deployment_group(self):
    groups = self.codedeploy_backend.deployment_groups.get(self._get_param("applicationName"), {})
    groups.pop(self._get_param("deploymentGroupName"), None)
    return json.dumps({"hooksNotCleanedUp": []})


DeploymentGroup.to_dict = deployment_group
CodeDeployResponse.delete_application = delete_application
CodeDeployResponse.delete_deployment_group = delete_deployment_group


# A replica is an instance of its own, and so is every other one.
def with_own_id(call):
    def made(self, db_kwargs):
        instance = call(self, db_kwargs)
        instance.dbi_resource_id = "db-" + secrets.token_hex(13).upper()
        return instance

    return made


for verb in ("create_db_instance", "create_db_instance_read_replica"):
    setattr(RDSBackend, verb, with_own_id(getattr(RDSBackend, verb)))

# A promoted replica has no source any more.
promote = RDSBackend.promote_read_replica


def promote_read_replica(self, db_kwargs):
    database = promote(self, db_kwargs)
    database.source_db_instance_identifier = None
    return database


RDSBackend.promote_read_replica = promote_read_replica


# The nodes of a replication group are clusters that can be described; a deleted group is gone.
create_group = ElastiCacheBackend.create_replication_group
describe_groups = ElastiCacheBackend.describe_replication_groups


def create_replication_group(self, **given):
    group = create_group(self, **given)
    lists = {"log_delivery_configurations": []}
    names = CacheCluster.__init__.__code__.co_varnames[1 : CacheCluster.__init__.__code__.co_argcount]
    for member in group.member_clusters:
        values = {name: given.get(name) for name in names}
        values.update(lists)
        values.update(
            account_id=self.account_id,
            region_name=self.region_name,
            cache_cluster_id=member,
            replication_group_id=group.replication_group_id,
            engine="redis",
            num_cache_nodes=1,
        )
        self.cache_clusters[member] = CacheCluster(**values)
    return group


def delete_replication_group(self, replication_group_id, retain_primary_cluster):
    group = self.replication_groups.pop(replication_group_id, None)
    if group is None:
        raise ReplicationGroupNotFound(replication_group_id)
    for member in group.member_clusters:
        self.cache_clusters.pop(member, None)
    group.status = "deleting"
    return group


ElastiCacheBackend.create_replication_group = create_replication_group
ElastiCacheBackend.delete_replication_group = delete_replication_group


def delete_cache_subnet_group(self):
    self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
    return EmptyResult()


ElastiCacheResponse.delete_cache_subnet_group = delete_cache_subnet_group

ApplicationAutoScalingResponse.list_tags_for_resource = lambda self: json.dumps({"Tags": {}})


# Features are set one by one.
update_detector = Detector.update


def update(self, enable, finding_publishing_frequency, data_sources, features):
    known = {feature["name"]: feature for feature in self.features}
    known.update({feature["name"]: feature for feature in features or []})
    update_detector(self, enable, finding_publishing_frequency, data_sources, list(known.values()))


Detector.update = update


# As S3 does: several resources in a statement, with wildcards.
def may_write_logs(target_bucket, target_prefix):
    if not target_bucket.policy:
        return False
    wanted = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}x"
    return any(
        statement.get("Effect") == "Allow"
        and statement.get("Principal", {}).get("Service") == "logging.s3.amazonaws.com"
        and "s3:PutObject" in a_list(statement.get("Action"))
        and any(fnmatch.fnmatchcase(wanted, pattern) for pattern in a_list(statement.get("Resource")))
        for statement in json.loads(target_bucket.policy)["Statement"]
    )


FakeBucket._log_permissions_enabled_policy = staticmethod(may_write_logs)

main(["-H", "127.0.0.1", "-p", sys.argv[1]])
