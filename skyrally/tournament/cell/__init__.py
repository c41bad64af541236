"""Strangers' code in a process of its own: `isolation` is our side, `inmate` the process, `wire` what they say, `confine` the walls."""
