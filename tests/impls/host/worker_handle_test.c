/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading: what cannot be loaded, and what is said of it. */
#include "tests/impls/host/plant.h"

#include <sys/stat.h>

static enum vjp_status load(const char *path, double seconds, char text[1024])
{
    struct vjp_worker *worker;
    struct vjp_error error = {0};
    const struct vjp_worker_options options = {.executable = PLANT_WORKER, .call_seconds = seconds};
    const enum vjp_status status = vjp_worker_create(path, &options, &worker, &error);
    if (status == VJP_OK)
        vjp_worker_destroy(worker);
    snprintf(text, 1024, "%s", error.text);
    return status;
}

/* The plug-in is refused, and the message begins with its path and ends with what is expected. */
static void expect_refused(const struct plant *plant, const char *message)
{
    char text[1024];
    cr_expect_eq(load(plant->path, 0, text), VJP_ERR_USAGE, "%s", message);
    cr_expect_eq(strncmp(text, plant->path, strlen(plant->path)), 0, "%s", text);
    cr_expect_str_eq(text + strlen(plant->path), message);
}

static void expect_text_refused(const char *text, const char *message)
{
    struct plant plant;
    plant_text(&plant, text, "");
    expect_refused(&plant, message);
    plant_remove(&plant);
}

/* A descriptor of which one part can be replaced. */
struct parts {
    const char *plugin_size, *major, *minor, *n_kernels, *plugin_name, *kernels;
    const char *kernel_size, *capabilities, *name, *layer, *alignment, *n_models, *models;
    const char *supports, *run, *n_wants, *ulps, *kinks, *reserved, *wants;
    const char *model_size, *flags, *dtype, *accumulate;
};

static const char *pick(const char *part, const char *fallback)
{
    return part ? part : fallback;
}

static void expect_parts_refused(struct parts p, const char *message)
{
    char text[4096];
    snprintf(text, sizeof text,
             "#include \"vjp_plugin.h\"\n"
             "static int32_t run(const struct vjp_abi_call *c) { return 0; }\n"
             "static int32_t supports(const struct vjp_abi_call *c, const char **r) { return 1; }\n"
             "static const struct vjp_abi_model m = {%s, %s, %s, %s};\n"
             "static const struct vjp_abi_model *const nulls[] = {0};\n"
             "static const struct vjp_abi_model *const ms[] = {&m, &m, &m, &m, &m, &m, &m, &m};\n"
             "static const struct vjp_abi_kernel k = {%s, %s, %s, %s, 0, %s, %s, %s, %s, %s,\n"
             "    %s, %s, %s, %s, %s};\n"
             "static const struct vjp_abi_kernel *const ks[] = {&k, &k};\n"
             "static const struct vjp_abi_kernel *const none[] = {0};\n"
             "const struct vjp_abi_plugin vjp_abi_descriptor = {%s, %s, %s, %s, %s, 0, %s};\n",
             pick(p.model_size, "sizeof m"), pick(p.flags, "0"), pick(p.dtype, "{kDLFloat, 32, 1}"),
             pick(p.accumulate, "{kDLFloat, 32, 1}"), pick(p.kernel_size, "sizeof k"),
             pick(p.capabilities, "0"), pick(p.name, "\"k\""), pick(p.layer, "\"linear\""),
             pick(p.alignment, "0"), pick(p.n_models, "1"), pick(p.models, "ms"),
             pick(p.supports, "supports"), pick(p.run, "run"), pick(p.n_wants, "0"),
             pick(p.ulps, "0"), pick(p.kinks, "0"), pick(p.reserved, "0"), pick(p.wants, "0"),
             pick(p.plugin_size, "sizeof vjp_abi_descriptor"), pick(p.major, "1"),
             pick(p.minor, "1"), pick(p.n_kernels, "1"), pick(p.plugin_name, "\"p\""),
             pick(p.kernels, "ks"));
    if (message) {
        expect_text_refused(text, message);
    } else {
        struct plant plant;
        char error[1024];
        plant_text(&plant, text, "");
        cr_expect_eq(load(plant.path, 0, error), VJP_OK, "%s", error);
        plant_remove(&plant);
    }
}

Test(worker_handle, a_descriptor_that_keeps_the_contract_is_accepted)
{
    expect_parts_refused((struct parts){0}, NULL);
    expect_parts_refused((struct parts){.alignment = "64"}, NULL);
    expect_parts_refused(
        (struct parts){
            .minor = "6", .flags = "4", .capabilities = "16", .kinks = "0x109", .reserved = "9"},
        NULL);
    expect_parts_refused((struct parts){.n_wants = "2",
                                        .wants = "(const char *const[]){\"w\", \"x\"}",
                                        .ulps = "1000",
                                        .kinks = "VJP_ABI_KINK_MIDDLE | VJP_ABI_TIE_SPLIT"},
                         NULL);
    expect_parts_refused((struct parts){.plugin_size = "4096"}, NULL);
}

Test(worker_handle, versions_and_sizes_that_do_not_fit_are_named)
{
    expect_parts_refused((struct parts){.major = "2"}, ": abi_major is 2, expected 1");
    expect_parts_refused((struct parts){.plugin_size = "16"},
                         ": struct_size of the plug-in is 16, expected at least 40");
    expect_parts_refused((struct parts){.plugin_size = "4"},
                         ": struct_size of the plug-in is 4, expected at least 40");
    expect_parts_refused((struct parts){.kernel_size = "8"},
                         ": kernel 0: struct_size is 8, expected at least 104");
    expect_parts_refused((struct parts){.kernel_size = "87"},
                         ": kernel 0: struct_size is 87, expected at least 104");
    expect_parts_refused((struct parts){.kernel_size = "103"},
                         ": kernel 0: struct_size is 103, expected at least 104");
    expect_parts_refused((struct parts){.model_size = "12"},
                         ": kernel 0: struct_size of model 0 is 12, expected at least 16");
}

/* 88 bytes, without tiles. */
Test(worker_handle, a_kernel_of_versions_1_1_to_1_3_is_accepted)
{
    expect_parts_refused((struct parts){.minor = "3", .kernel_size = "88"}, NULL);
    expect_parts_refused((struct parts){.minor = "3", .kernel_size = "VJP_ABI_KERNEL_SIZE_1_1"},
                         NULL);
}

/* What lies behind a descriptor of 64 bytes, that of 1.0, belongs to somebody else. */
Test(worker_handle, a_kernel_of_version_1_0_is_accepted)
{
    expect_parts_refused((struct parts){.minor = "0", .kernel_size = "64"}, NULL);
    expect_parts_refused((struct parts){.minor = "0",
                                        .kernel_size = "VJP_ABI_KERNEL_SIZE_1_0",
                                        .n_wants = "-7",
                                        .ulps = "-1",
                                        .kinks = "0xff",
                                        .reserved = "1",
                                        .wants = "(void *)64"},
                         NULL);
}

Test(worker_handle, counts_out_of_range_are_named)
{
    expect_parts_refused((struct parts){.n_kernels = "0"}, ": n_kernels is 0, expected 1 to 128");
    expect_parts_refused((struct parts){.n_kernels = "129"},
                         ": n_kernels is 129, expected 1 to 128");
    expect_parts_refused((struct parts){.n_wants = "17", .wants = "(void *)64"},
                         ": kernel 0: n_wants is 17, expected 0 to 16");
    expect_parts_refused((struct parts){.n_wants = "-1"},
                         ": kernel 0: n_wants is -1, expected 0 to 16");
    expect_parts_refused((struct parts){.n_models = "0"},
                         ": kernel 0: n_models is 0, expected one for each dtype it takes");
    expect_parts_refused((struct parts){.n_models = "9"},
                         ": kernel 0: n_models is 9, expected one for each dtype it takes");
    expect_parts_refused((struct parts){.n_models = "2"}, ": kernel 0: two models for f32");
    expect_parts_refused((struct parts){.n_kernels = "2"}, ": kernels 0 and 1 are both named k");
}

Test(worker_handle, null_pointers_are_named)
{
    expect_parts_refused((struct parts){.plugin_name = "0"}, ": name of the plug-in is NULL");
    expect_parts_refused((struct parts){.kernels = "0"}, ": kernels of the plug-in is NULL");
    expect_parts_refused((struct parts){.kernels = "none"},
                         ": kernel 0: the pointer to it is NULL");
    expect_parts_refused((struct parts){.name = "0"}, ": kernel 0: name is NULL");
    expect_parts_refused((struct parts){.layer = "0"}, ": kernel 0: layer is NULL");
    expect_parts_refused((struct parts){.run = "0"}, ": kernel 0: run is NULL");
    expect_parts_refused((struct parts){.supports = "0"}, ": kernel 0: supports is NULL");
    expect_parts_refused((struct parts){.models = "0"}, ": kernel 0: models is NULL");
    expect_parts_refused((struct parts){.models = "(void *)nulls"}, ": kernel 0: a model is NULL");
    expect_parts_refused((struct parts){.n_wants = "1"}, ": kernel 0: wants is NULL");
    expect_parts_refused((struct parts){.n_wants = "2", .wants = "(const char *const[]){\"x\", 0}"},
                         ": kernel 0: a name in wants is NULL");
}

Test(worker_handle, fields_that_make_no_sense_are_named)
{
    expect_parts_refused((struct parts){.alignment = "3"},
                         ": kernel 0: alignment 3 is no power of two from 1 to 64, and not 0");
    expect_parts_refused((struct parts){.alignment = "128"},
                         ": kernel 0: alignment 128 is no power of two from 1 to 64, and not 0");
    expect_parts_refused((struct parts){.dtype = "{kDLInt, 32, 1}"},
                         ": kernel 0: DLDataType {0,32,1} is none of f16, bf16, f32, f64 with one "
                         "lane");
    expect_parts_refused((struct parts){.accumulate = "{kDLFloat, 32, 4}"},
                         ": kernel 0: DLDataType {2,32,4} is none of f16, bf16, f32, f64 with one "
                         "lane");
    expect_parts_refused((struct parts){.accumulate = "{kDLFloat, 16, 1}"},
                         ": kernel 0: it accumulates f32 in f16, which is narrower");
    expect_parts_refused(
        (struct parts){.dtype = "{kDLBfloat, 16, 1}", .accumulate = "{kDLFloat, 16, 1}"},
        ": kernel 0: it accumulates bf16 in f16, which is narrower"); /* in range */
    expect_parts_refused((struct parts){.flags = "6"},
                         ": kernel 0: flags 0x6 has bits without a meaning: known are 0x3");
    expect_parts_refused((struct parts){.capabilities = "16"},
                         ": kernel 0: capabilities 0x10 has bits without a meaning: known are 0xf");
    expect_parts_refused((struct parts){.kinks = "VJP_ABI_TIE_FIRST | VJP_ABI_TIE_LAST"},
                         ": kernel 0: kinks 0x30 contradicts itself: expected one VJP_ABI_KINK_ "
                         "and one VJP_ABI_TIE_ at most");
    expect_parts_refused((struct parts){.ulps = "-4"},
                         ": kernel 0: ulps -4: expected 1 to 1000, or 0 for 4");
    expect_parts_refused((struct parts){.reserved = "1"},
                         ": kernel 0: reserved 0x1 has bits without a meaning: known are 0x0");
    expect_parts_refused((struct parts){.n_wants = "1", .wants = "(const char *const[]){\"y\"}"},
                         ": kernel 0: it wants \"y\", but linear has x, w, b and saves nothing");
    expect_parts_refused((struct parts){.name = "\"a b\""},
                         ": kernel 0: name \"a b\" is no name: expected 1 to 63 letters, digits, "
                         "'_', '-', '.'");
    expect_parts_refused((struct parts){.plugin_name = "\"\""},
                         ": name \"\" is no name: expected 1 to 63 letters, digits, '_', '-', '.'");
    expect_parts_refused((struct parts){.kernels = "(void *)64"},
                         ": reading its descriptor ends the process with SIGSEGV");
}

Test(worker_handle, what_is_no_plugin_is_refused)
{
    struct plant plant;
    char text[1024];
    char wanted[1024];
    expect_text_refused("int x;", ": is no plug-in: it does not export vjp_abi_descriptor");
    cr_expect_eq(load("/nonexistent/plug-in.so", 0, text), VJP_ERR_USAGE);
    cr_expect_str_eq(text, "/nonexistent/plug-in.so: No such file or directory");
    cr_expect_eq(load("/tmp", 0, text), VJP_ERR_USAGE);
    cr_expect_str_eq(text, "/tmp: not a file, expected a shared library");
    plant_text(&plant, "int x;", "");
    FILE *file = fopen(plant.path, "w");
    cr_assert_not_null(file);
    fputs("this is text, and long enough not to be taken for a header that was cut short\n", file);
    fclose(file);
    snprintf(wanted, sizeof wanted, ": cannot be loaded: %s: invalid ELF header", plant.path);
    expect_refused(&plant, wanted);
    cr_assert_eq(truncate(plant.path, 0), 0);
    snprintf(wanted, sizeof wanted, ": cannot be loaded: %s: file too short", plant.path);
    expect_refused(&plant, wanted);
    plant_remove(&plant);
}

Test(worker_handle, an_end_while_loading_is_reported_with_its_last_words)
{
    expect_text_refused("#include <stdlib.h>\n"
                        "__attribute__((constructor)) static void f(void) { abort(); }",
                        ": loading it ends the process with SIGABRT");
    expect_text_refused("#include <stdio.h>\n#include <stdlib.h>\n"
                        "__attribute__((constructor)) static void f(void)"
                        "{ fputs(\"no\\nlicence\\n\", stderr); exit(5); }",
                        ": loading it ends the process with exit status 5; it wrote: no licence");
}

Test(worker_handle, a_library_that_never_finishes_loading_is_refused)
{
    struct plant plant;
    char text[1024];
    plant_text(&plant,
               "__attribute__((constructor)) static void f(void) { for (volatile int i = 0;;) ; }",
               "");
    cr_expect_eq(load(plant.path, 0.1, text), VJP_ERR_USAGE);
    cr_expect_str_eq(text + strlen(plant.path), ": loading it takes too long");
    plant_remove(&plant);
}

Test(worker_handle, a_missing_worker_is_our_failure)
{
    struct plant plant;
    struct vjp_worker *worker;
    struct vjp_error error;
    plant_kernel(&plant, "answer();", "");
    const struct vjp_worker_options options = {.executable = "/nonexistent/worker"};
    cr_expect_eq(vjp_worker_create(plant.path, &options, &worker, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text,
                     "cannot start the worker /nonexistent/worker: No such file or directory");
    const struct vjp_worker_options other = {.executable = "/bin/false"};
    cr_expect_eq(vjp_worker_create(plant.path, &other, &worker, &error), VJP_ERR_IO);
    cr_expect_str_eq(error.text, "the worker /bin/false does not start: it ends the process with "
                                 "exit status 1");
    plant_remove(&plant);
}

Test(worker_handle, the_worker_is_not_for_use_by_hand)
{
    const int status = system(PLANT_WORKER " 2>/dev/null");
    cr_expect_eq(status, 2 << 8);
}

/* dlopen would look for a name without a slash in the system's folders. */
Test(worker_handle, a_relative_path_starts_at_the_current_folder)
{
    struct plant plant;
    char text[1024];
    plant_kernel(&plant, "answer();", "");
    cr_assert_eq(chdir(plant.folder), 0);
    cr_expect_eq(load("plant.so", 0, text), VJP_OK, "%s", text);
    cr_expect_eq(load("./plant.so", 0, text), VJP_OK, "%s", text);
    cr_assert_eq(chdir("/"), 0);
    plant_remove(&plant);
}

Test(worker_handle, info_is_what_the_plugin_says)
{
    struct bed bed;
    bed_open_with(&bed, "answer();", "-DALIGNMENT=16", (struct vjp_worker_options){0});
    const struct vjp_plugin_info *info = vjp_worker_info(bed.worker);
    const struct vjp_kernel_info *kernel = &info->kernel[0];
    cr_expect_str_eq(info->name, "plant");
    cr_expect_str_eq(info->version, "0");
    cr_expect_eq(info->n_kernels, 1);
    cr_expect_str_eq(info->load_damage, "");
    cr_expect_str_eq(kernel->name, "plant");
    cr_expect_str_eq(kernel->layer, "linear");
    cr_expect_str_eq(kernel->summary, "a plant");
    cr_expect(kernel->deterministic);
    cr_expect_eq(kernel->alignment, 16);
    cr_expect(kernel->has_model[VJP_F32] && kernel->has_model[VJP_F64]);
    cr_expect_not(kernel->has_model[VJP_F16] || kernel->has_model[VJP_BF16]);
    cr_expect_eq(kernel->n_wants, 0);
    cr_expect_eq(kernel->model[VJP_F32].accumulate, VJP_F64);
    cr_expect_not(kernel->model[VJP_F32].flushes);
    bed_close(&bed);
}

Test(worker_handle, renewing_gives_a_fresh_process)
{
    struct bed bed;
    bed_open(&bed, "static int n; answer(); if (n++ == 0) printf(\"fresh %d\", getpid());");
    cr_expect_eq(vjp_worker_age(bed.worker), 0);
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.log, "fresh ", 6), 0);
    char first[64];
    snprintf(first, sizeof first, "%.60s", bed.seen.log);
    bed_run(&bed);
    bed_expect_right(&bed);
    cr_expect_eq(vjp_worker_age(bed.worker), 2);
    vjp_worker_renew(bed.worker);
    cr_expect_eq(vjp_worker_age(bed.worker), 0);
    vjp_worker_renew(bed.worker);
    bed_run(&bed);
    cr_expect_eq(strncmp(bed.seen.log, "fresh ", 6), 0);
    cr_expect_str_neq(bed.seen.log, first);
    cr_expect_eq(vjp_worker_age(bed.worker), 1);
    bed_close(&bed);
}

/* A plug-in that cannot be loaded again: the user's doing where the file changed, the kernel's
 * where its loading ends the process. */
Test(worker_handle, a_plugin_that_changes_under_way_is_noticed)
{
    struct bed bed;
    char command[256];
    bed_open(&bed, "answer();");
    bed_run(&bed);
    struct plant other;
    plant_kernel(&other, "answer();", "-DALIGNMENT=8");
    snprintf(command, sizeof command, "mv %s %s", other.path, bed.plant.path);
    cr_assert_eq(system(command), 0);
    vjp_worker_renew(bed.worker);
    vjp_observation_clear(&bed.seen);
    cr_expect_eq(vjp_worker_run(bed.worker, 0, &bed.c, &bed.data, &bed.seen, &bed.error),
                 VJP_ERR_USAGE);
    cr_expect_str_eq(bed.error.text + strlen(bed.plant.path),
                     ": the plug-in is not the one that it was");
    cr_assert_eq(unlink(bed.plant.path), 0);
    cr_expect_eq(vjp_worker_run(bed.worker, 0, &bed.c, &bed.data, &bed.seen, &bed.error),
                 VJP_ERR_USAGE);
    cr_expect_not_null(strstr(bed.error.text, "No such file"), "%s", bed.error.text);
    plant_remove(&other);
    bed_close(&bed);
}

Test(worker_handle, a_second_loading_that_crashes_is_an_outcome)
{
    struct bed bed;
    char command[256];
    bed_open(&bed, "answer();");
    struct plant other;
    plant_text(&other,
               "#include <stdlib.h>\n"
               "__attribute__((constructor)) static void f(void) { abort(); }",
               "");
    snprintf(command, sizeof command, "mv %s %s", other.path, bed.plant.path);
    cr_assert_eq(system(command), 0);
    vjp_worker_renew(bed.worker);
    bed_run(&bed);
    cr_expect_eq(bed.seen.outcome, VJP_CRASHED);
    cr_expect_eq(bed.seen.code, 6);
    cr_expect_str_eq(bed.seen.reason + strlen(bed.plant.path),
                     ": loading it ends the process with SIGABRT");
    plant_remove(&other);
    bed_close(&bed);
}

/* Then its destructors run, and an instrumented build writes what it counted. */
Test(worker_handle, a_worker_that_is_no_longer_needed_leaves_by_itself)
{
    struct bed bed;
    char mark[] = "/tmp/vjpcheck-mark-XXXXXX.gcda";
    const int fd = mkstemps(mark, 5);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_assert_eq(setenv("PLANT_MARK", mark, 1), 0);
    bed_open(&bed, "static void act(void) { answer(); }\n"
                   "__attribute__((destructor)) static void leave(void)"
                   "{ usleep(10000); unlink(getenv(\"PLANT_MARK\")); }");
    cr_expect_eq(access(mark, F_OK), 0);
    bed_close(&bed);
    cr_expect_eq(access(mark, F_OK), -1);
    unlink(mark);
}

Test(worker_handle, destroying_nothing_does_nothing)
{
    vjp_worker_destroy(NULL);
}
