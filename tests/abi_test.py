"""The ABI from outside: python with the golden layout, a program and a plugin of an older header."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int32, c_void_p, cast, pointer

from lib import layout
from lib.build import BUILD, PLUGINS, backends
from lib.case import EXIT_DONE, SystemTest, main, per_backend
from lib.process import run

OK, E_INVALID, E_UNSUPPORTED = 0, -1, -3
OLD_PLUGINS = BUILD / "tests" / "old-plugin"


def function(value, result, *parameters):
    """A member that is a function, callable."""
    return ctypes.CFUNCTYPE(result, *parameters)(value)


def texts(list_of_texts):
    """The members of a NULL-ended list."""
    found = []
    while list_of_texts[len(found)] is not None:
        found.append(list_of_texts[len(found)].decode())
    return found


class Plugin:
    """A plugin file, loaded and opened by python alone."""

    def __init__(self, path):
        self.descriptor = layout.structure("unitls_plugin").in_dll(ctypes.CDLL(path), "unitls_plugin_v1")
        self.lines = []
        self._log = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p)(lambda _, level, text: self.lines.append(text))
        self.host = layout.make("unitls_host", log=cast(self._log, c_void_p))
        found, self.error = c_void_p(), layout.make("unitls_error")
        opened = function(self.descriptor.open, c_int32, c_void_p, c_void_p, c_void_p)
        self.status = opened(cast(byref(self.host), c_void_p), cast(byref(found), c_void_p),
                             cast(byref(self.error), c_void_p))
        self.table = cast(found, POINTER(layout.structure("unitls_backend")))

    def call(self, member, result, *arguments):
        """A function of the table that takes the table first."""
        kinds = [c_void_p] + [type(each) if isinstance(each, ctypes._SimpleCData) else c_void_p for each in arguments]
        values = [each if isinstance(each, (ctypes._SimpleCData, type(None))) else cast(each, c_void_p)
                  for each in arguments]
        return function(getattr(self.table.contents, member), result, *kinds)(cast(self.table, c_void_p), *values)

    def create(self, side, config):
        """The status of a context's create, the context and the error."""
        context, error = c_void_p(1), layout.make("unitls_error")
        status = self.call(f"{side}_context_create", c_int32, byref(config), byref(context), byref(error))
        return status, context, error


class AbiTest(SystemTest):
    def test_ctypes_agrees(self):
        """python's own opinion of every struct is the golden layout's"""
        golden = layout.golden()
        self.assertGreater(len(golden.structs), 20)
        for name, struct in golden.structs.items():
            with self.subTest(name):
                kind = layout.structure(name)
                self.assertEqual((ctypes.sizeof(kind), ctypes.alignment(kind)), (struct.size, struct.alignment))
                places = [(each, getattr(kind, each).offset, getattr(kind, each).size) for each, _ in kind._fields_]
                self.assertEqual(places, [(member.name, member.offset, member.size) for member in struct.members])

    @per_backend
    def test_descriptor(self, backend):
        """a plugin's descriptor and table lie where the golden layout says"""
        plugin = Plugin(PLUGINS / f"unitls-{backend}.so")
        self.assertEqual(plugin.status, OK, plugin.error.message)
        golden = layout.golden()
        self.assertEqual((plugin.descriptor.abi_major, plugin.descriptor.abi_minor), golden.version)
        self.assertEqual(plugin.descriptor.struct_size, golden.structs["unitls_plugin"].size)
        self.assertEqual(plugin.table.contents.struct_size, golden.structs["unitls_backend"].size)
        self.assertEqual(plugin.descriptor.id.decode(), backend.id)
        version = function(plugin.descriptor.library_version, c_char_p)()
        self.assertEqual(version.decode(), backend.facts["library"])
        found = texts(cast(plugin.call("capabilities", c_void_p), POINTER(c_char_p)))
        self.assertEqual(set(found), backend.capabilities)

    @per_backend
    def test_list(self, backend):
        """a sink of python gets items whose size and names are right"""
        plugin, found = Plugin(PLUGINS / f"unitls-{backend}.so"), []
        item = layout.structure("unitls_item")

        def keep(_, each):
            found.append((each.contents.struct_size, each.contents.number, each.contents.name.decode()))
            return OK

        sink = ctypes.CFUNCTYPE(c_int32, c_void_p, POINTER(item))(keep)
        kind = c_int32(layout.golden().constants["UNITLS_LIST_CIPHER_SUITES"])
        self.assertEqual(plugin.call("list", c_int32, kind, sink, None), OK)
        self.assertTrue(found)
        for size, number, name in found:
            self.assertEqual(size, ctypes.sizeof(item))
            self.assertNotEqual(number, 0)
            self.assertRegex(name, "^TLS_[A-Z0-9_]+$")

    @per_backend
    def test_errors(self, backend):
        """wrong configurations are refused, and the error's members lie where they should"""
        plugin, constants = Plugin(PLUGINS / f"unitls-{backend}.so"), layout.golden().constants
        cases = [("client", dict(verify=99), E_UNSUPPORTED, b"verify"),
                 ("client", dict(struct_size=8), E_INVALID, b"struct_size"),
                 ("client", {}, E_INVALID, b"trust"),
                 ("server", dict(reserved_0=1), E_UNSUPPORTED, b"reserved_0"),
                 ("server", {}, E_INVALID, b"identities")]
        for side, members, status, field in cases:
            with self.subTest(side=side, members=members):
                got, context, error = plugin.create(side, layout.make(f"unitls_{side}_config", **members))
                self.assertEqual((got, error.status, error.field), (status, status, field), error.message)
                self.assertIsNone(context.value)
                self.assertNotEqual(error.message, b"")
                self.assertEqual((error.struct_size, error.verify_flags, error.alert_direction),
                                 (ctypes.sizeof(error), 0, constants["UNITLS_ALERT_NONE"]))

    @per_backend
    def test_context(self, backend):
        """a right configuration, nested structs and all, makes a context"""
        plugin, constants = Plugin(PLUGINS / f"unitls-{backend}.so"), layout.golden().constants
        text = self.ca.read_bytes()
        blob = layout.make("unitls_blob", format=constants["UNITLS_FORMAT_PEM"], size=len(text),
                           data=cast(c_char_p(text), c_void_p))
        trust = layout.make("unitls_trust", flags=constants["UNITLS_TRUST_ANCHORS"], blob_count=1,
                            blobs=cast(pointer(blob), c_void_p))
        config = layout.make("unitls_client_config", trust=cast(pointer(trust), c_void_p))
        status, context, error = plugin.create("client", config)
        self.assertEqual(status, OK, error.message)
        function(plugin.table.contents.context_destroy, None, c_void_p)(context)

    @per_backend
    def test_old_host(self, backend):
        """a program of an older header talks with a plugin of today, which touches nothing behind its structs"""
        self.converse(PLUGINS / f"unitls-{backend}.so")

    def converse(self, plugin):
        result = run(BUILD / "tests" / "abi-old-host", plugin, self.ca, self.cert("server"), self.key("server"))
        self.assertEqual((result.code, result.out), (EXIT_DONE, "a whole conversation\n"), str(result))

    def old_plugin(self):
        found = list(OLD_PLUGINS.glob("unitls-*.so"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_old_pair(self):
        """and with a plugin as old as itself"""
        self.converse(self.old_plugin())

    def test_old_plugin(self):
        """a plugin of an older header: its table is shorter, today's loader fills the hole and tells what is lacking"""
        path = self.old_plugin()
        old, golden = Plugin(path), layout.golden()
        self.assertEqual(old.status, OK, old.error.message)
        self.assertEqual(old.table.contents.struct_size,
                         layout.structure("unitls_backend").verified_certificates.offset)
        self.assertLess(old.descriptor.struct_size, golden.structs["unitls_plugin"].size)
        identifier = path.stem[len("unitls-"):]
        registry = self.write("registry.toml", f'format = 1\n[backend.{identifier}]\nlibrary = "{path}"\n')
        unitls = ctypes.CDLL(BUILD / "lib" / "libunitls.so")
        unitls.unitls_backend_ref_path.restype = c_char_p
        loader, tls, error = c_void_p(), c_void_p(), layout.make("unitls_error")
        config = layout.make("unitls_loader_config", registry_path=str(registry).encode())
        self.assertEqual(unitls.unitls_loader_create(byref(config), byref(loader), byref(error)), OK, error.message)
        status = unitls.unitls_loader_open(loader, old.descriptor.id, byref(tls), byref(error))
        self.assertEqual(status, OK, error.message)
        self.assertEqual(unitls.unitls_backend_ref_path(tls).decode(), str(path))
        self.assertEqual(unitls.unitls_backend_ref_supports(tls, b"client"), 1)
        self.assertEqual(unitls.unitls_backend_ref_supports(tls, b"verified-chain"), 0)
        self.lacks_the_path(unitls, tls)
        unitls.unitls_backend_ref_release(tls)
        unitls.unitls_loader_destroy(loader)

    def lacks_the_path(self, unitls, tls):
        """The function that an old table has not got answers E_UNSUPPORTED."""
        constants, error = layout.golden().constants, layout.make("unitls_error")
        text = self.ca.read_bytes()
        blob = layout.make("unitls_blob", format=constants["UNITLS_FORMAT_PEM"], size=len(text),
                           data=cast(c_char_p(text), c_void_p))
        trust = layout.make("unitls_trust", flags=constants["UNITLS_TRUST_ANCHORS"], blob_count=1,
                            blobs=cast(pointer(blob), c_void_p))
        config = layout.make("unitls_client_config", trust=cast(pointer(trust), c_void_p))
        names = (c_char_p * 1)(b"localhost")
        session = layout.make("unitls_session_config", server_name=b"localhost",
                              reference_names=cast(names, c_void_p), reference_name_count=1)
        context, channel = c_void_p(), c_void_p()
        unitls.unitls_channel_create.argtypes = [c_void_p, c_void_p, ctypes.c_size_t, c_void_p, c_void_p]
        self.assertEqual(unitls.unitls_client_context_create(tls, byref(config), byref(context), byref(error)), OK,
                         error.message)
        self.assertEqual(unitls.unitls_channel_create(context, cast(byref(session), c_void_p), 0,
                                                      cast(byref(channel), c_void_p), cast(byref(error), c_void_p)), OK,
                         error.message)
        self.assertEqual(unitls.unitls_channel_verified_certificates(channel, None, None), E_UNSUPPORTED)
        unitls.unitls_channel_destroy(channel)
        unitls.unitls_context_release(context)


if __name__ == "__main__":
    main()
