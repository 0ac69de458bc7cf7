#!/bin/sh
# Written by Gantry from the spec: change that, and run `gantry synth`.

# A renewed certificate is taken up without a restart.
while sleep 3600; do nginx -s reload; done &
