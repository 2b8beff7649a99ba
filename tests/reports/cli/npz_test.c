/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The archive is read by Python's zipfile, which shares no code with this one. */
#include "reports/cli/npz.h"

#include "tests/reports/render/fixture.h"

#include <unistd.h>

Test(npz, python_reads_every_member)
{
    static const char script[] =
        "import struct, sys, zipfile\n"
        "z = zipfile.ZipFile(sys.argv[1])\n"
        "assert z.testzip() is None\n"
        "assert z.namelist() == ['case.txt', 'x.npy', 'dx.bound.npy'], z.namelist()\n"
        "assert z.read('case.txt') == b'linear | relu'\n"
        "x = z.read('x.npy')\n"
        "assert x[:8] == b'\\x93NUMPY\\x01\\x00' and len(x) == 128 + 8\n"
        "assert eval(x[10:128]) == {'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n"
        "assert struct.unpack('<2f', x[128:]) == (1.5, -2.0)\n"
        "b = z.read('dx.bound.npy')\n"
        "assert eval(b[10:128]) == {'descr': '<f8', 'fortran_order': False, 'shape': ()}\n"
        "assert struct.unpack('<d', b[128:]) == (0.1,)\n";
    const struct vjp_shape two = {.rank = 1, .dim = {2}};
    const struct vjp_shape scalar = {.rank = 0};
    struct vjp_bundle bundle = {0};
    struct vjp_tensor x = {0};
    struct vjp_tensor bound = {0};
    struct vjp_error error = {""};
    char folder[64];
    char path[128];
    char command[2048];
    cr_assert_eq(vjp_tensor_init(&x, VJP_F32, &two, NULL), VJP_OK);
    vjp_tensor_set(&x, 0, vjp_bits_from_double(VJP_F32, 1.5));
    vjp_tensor_set(&x, 1, vjp_bits_from_double(VJP_F32, -2));
    cr_assert_eq(vjp_tensor_init(&bound, VJP_F64, &scalar, NULL), VJP_OK);
    vjp_tensor_set(&bound, 0, vjp_bits_from_double(VJP_F64, 0.1));
    cr_assert_eq(vjp_bundle_add(&bundle, "x", &x, NULL), VJP_OK);
    cr_assert_eq(vjp_bundle_add(&bundle, "dx.bound", &bound, NULL), VJP_OK);
    cr_assert_eq(vjp_bundle_note(&bundle, "case", "linear | relu", NULL), VJP_OK);
    snprintf(path, sizeof path, "%s/a.npz", make_folder(folder));
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    cr_expect_eq(vjp_npz_write(&bundle, file, &error), VJP_OK, "%s", error.text);
    fclose(file);
    snprintf(command, sizeof command, "python3 -c \"%s\" %s", script, path);
    cr_expect_eq(system(command), 0);
    unlink(path);
    rmdir(folder);
    vjp_bundle_clear(&bundle);
}

Test(npz, a_full_disk_is_an_error)
{
    struct vjp_bundle bundle = {0};
    struct vjp_error error = {""};
    FILE *file = fopen("/dev/full", "w");
    setvbuf(file, NULL, _IONBF, 0);
    cr_assert_eq(vjp_bundle_note(&bundle, "case", "x", NULL), VJP_OK);
    cr_expect_eq(vjp_npz_write(&bundle, file, &error), VJP_ERR_IO);
    fclose(file);
    vjp_bundle_clear(&bundle);
}
