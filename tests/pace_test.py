"""How long the conformance suite takes."""

import json

from lib.build import PLUGINS
from lib.case import SystemTest, main, per_backend
from lib.conformance import PASSED, conformance

SECONDS_MAX = 60
JOBS = 2  # whatever this machine has


class PaceTest(SystemTest):
    @per_backend
    def test_default_run(self, backend):
        """a whole default run of a plugin on two cores takes less than a minute"""
        result = conformance(PLUGINS / f"unitls-{backend}.so", "--jobs", JOBS, "--format", "json", timeout=400)
        self.assertEqual(result.code, PASSED, result.err)
        print(f"\n    {backend}: {len(json.loads(result.out)['plugins'][0]['cases'])} cases in {result.seconds:.1f} s",
              flush=True)
        self.assertLess(result.seconds, SECONDS_MAX)


if __name__ == "__main__":
    main()
