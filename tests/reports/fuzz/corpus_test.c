/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/fuzz/corpus.h"

#include "cases/base/text.h"
#include "tests/cases/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ONE   "relu dtype=f32 N=1 M=1 x=[1] dy=[2]"
#define TWO   "relu dtype=f32 N=2 M=1 x=[1,2] dy=[2,3]"
#define THREE "relu dtype=f64 N=3 M=1"

struct scene {
    char root[64], path[80];
    struct vjp_corpus_folder folder;
    struct vjp_case_list cases;
};

static void open_scene(struct scene *s)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_corpus_open(s->path, &s->folder, &s->cases, &error), VJP_OK, "%s", error.text);
}

static void close_scene(struct scene *s)
{
    vjp_corpus_close(&s->folder);
    vjp_case_list_clear(&s->cases);
}

static void begin(struct scene *s)
{
    memset(s, 0, sizeof *s);
    strcpy(s->root, "/tmp/vjpcheck-corpus-XXXXXX");
    cr_assert_not_null(mkdtemp(s->root));
    snprintf(s->path, sizeof s->path, "%s/c", s->root);
}

static void end(struct scene *s)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", s->root);
    cr_assert_eq(system(command), 0);
}

static void add(struct scene *s, const char *name, const char *comment, const char *line)
{
    struct vjp_error error = {""};
    cr_assert_eq(vjp_corpus_add(&s->folder, name, comment, line, &error), VJP_OK, "%s", error.text);
}

static void write_file(const struct scene *s, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    FILE *file = fopen(path, "w");
    cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void expect_file(const struct scene *s, const char *name, const char *want)
{
    char path[160], text[1024] = "";
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    const size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    cr_expect_str_eq(text, want);
}

static bool is_there(const struct scene *s, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    return access(path, F_OK) == 0;
}

Test(corpus, what_is_added_is_read_by_the_next_run)
{
    struct scene s;
    begin(&s);
    open_scene(&s);
    add(&s, "mine-relu", "wrong: dx[0] = 3", ONE);
    add(&s, "mine-relu", "wrong\nin\ttwo lines", TWO);
    close_scene(&s);
    expect_file(&s, "mine-relu.cases",
                "# wrong: dx[0] = 3\n" ONE "\n# wrong in two lines\n" TWO "\n");
    open_scene(&s);
    cr_assert_eq(s.cases.count, 2);
    cr_expect_eq(s.cases.cases[1].dim[0], 2);
    close_scene(&s);
    end(&s);
}

/* Once, whether the run before it wrote the line or this one. */
Test(corpus, a_known_line_is_not_added_again)
{
    struct scene s;
    begin(&s);
    open_scene(&s);
    add(&s, "a", "first", ONE);
    add(&s, "a", "again", ONE);
    close_scene(&s);
    open_scene(&s);
    add(&s, "b", "in another file", ONE);
    close_scene(&s);
    expect_file(&s, "a.cases", "# first\n" ONE "\n");
    cr_expect_not(is_there(&s, "b.cases"));
    end(&s);
}

Test(corpus, files_are_read_in_the_order_of_their_names)
{
    struct scene s;
    begin(&s);
    cr_assert_eq(mkdir(s.path, 0777), 0);
    write_file(&s, "b.cases", TWO "\n");
    write_file(&s, "a.cases", "# a comment\n\n" THREE "\n");
    write_file(&s, "notes.txt", "no cases\n");
    open_scene(&s);
    cr_assert_eq(s.cases.count, 2);
    cr_expect(s.cases.cases[0].dim[0] == 3 && s.cases.cases[1].dim[0] == 2);
    close_scene(&s);
    end(&s);
}

Test(corpus, a_name_becomes_a_file_name)
{
    struct scene s;
    begin(&s);
    open_scene(&s);
    add(&s, "../x:y", "c", ONE);
    cr_expect(is_there(&s, "..-x-y.cases"));
    close_scene(&s);
    end(&s);
}

Test(corpus, a_line_that_is_no_case_is_named)
{
    struct scene s;
    struct vjp_error error = {""};
    begin(&s);
    cr_assert_eq(mkdir(s.path, 0777), 0);
    write_file(&s, "bad.cases", ONE "\nrelu dtype=f99 N=1\n");
    cr_expect_eq(vjp_corpus_open(s.path, &s.folder, &s.cases, &error), VJP_ERR_USAGE);
    cr_expect(strstr(error.text, "/c/bad.cases:2: "), "%s", error.text);
    vjp_case_list_clear(&s.cases);
    end(&s);
}

Test(corpus, a_folder_that_cannot_be_made_is_named)
{
    struct scene s;
    struct vjp_error error = {""};
    begin(&s);
    snprintf(s.path, sizeof s.path, "%s/none/c", s.root);
    cr_expect_eq(vjp_corpus_open(s.path, &s.folder, &s.cases, &error), VJP_ERR_IO);
    cr_expect(strstr(error.text, "/none/c: cannot be made: No such file"), "%s", error.text);
    end(&s);
}

Test(corpus, a_run_that_found_nothing_leaves_nothing)
{
    struct scene s;
    struct vjp_error error = {""};
    begin(&s);
    open_scene(&s);
    cr_assert_eq(vjp_corpus_run(&s.folder, TWO, &error), VJP_OK, "%s", error.text);
    close_scene(&s);
    cr_expect_neq(access(s.path, F_OK), 0);
    cr_assert_eq(mkdir(s.path, 0777), 0);
    open_scene(&s);
    close_scene(&s);
    cr_expect_eq(access(s.path, F_OK), 0, "a folder that was there stays");
    end(&s);
}

/* What the run before was asking when it was ended by force comes first: its file is there, with the last case and
 * nothing of the longer one before it. */
Test(corpus, the_case_at_hand_survives_its_run)
{
    struct scene s;
    begin(&s);
    const pid_t child = fork();
    if (child == 0) {
        struct vjp_error error = {""};
        const bool ok = vjp_corpus_open(s.path, &s.folder, &s.cases, &error) == VJP_OK &&
                        vjp_corpus_run(&s.folder, TWO, &error) == VJP_OK &&
                        vjp_corpus_run(&s.folder, ONE, &error) == VJP_OK;
        _exit(ok ? 0 : 1);
    }
    char name[32];
    int how = 0;
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    snprintf(name, sizeof name, "running-%d", (int)child);
    /* Empty lines lie over what was longer. */
    expect_file(&s, name, ONE "\n\n\n\n\n");
    open_scene(&s);
    cr_assert_eq(s.cases.count, 1);
    cr_expect_eq(s.cases.cases[0].dim[0], 1);
    cr_expect_not(is_there(&s, name));
    close_scene(&s);
    end(&s);
}

/* That of a process which still runs is its own. */
Test(corpus, the_case_of_another_run_is_left_alone)
{
    struct scene s;
    begin(&s);
    cr_assert_eq(mkdir(s.path, 0777), 0);
    char name[32];
    snprintf(name, sizeof name, "running-%d", (int)getppid());
    write_file(&s, name, ONE "\n");
    open_scene(&s);
    cr_expect_eq(s.cases.count, 0);
    close_scene(&s);
    cr_expect(is_there(&s, name));
    end(&s);
}

/* A disk that is full in the middle of a line: the file has no part of it, and what was asked is asked again. */
Test(corpus, a_line_that_is_cut_is_taken_back)
{
    struct scene s;
    struct vjp_error error = {""};
    struct rlimit limit;
    struct stat file;
    char path[160];
    begin(&s);
    open_scene(&s);
    add(&s, "k", "first", ONE);
    snprintf(path, sizeof path, "%s/k.cases", s.path);
    cr_assert_eq(stat(path, &file), 0);
    const off_t size = file.st_size;
    cr_assert_eq(vjp_corpus_run(&s.folder, TWO, &error), VJP_OK);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const rlim_t soft = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)size + 20;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    const enum vjp_status status = vjp_corpus_add(&s.folder, "k", "second", TWO, &error);
    limit.rlim_cur = soft;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(status, VJP_ERR_IO);
    cr_expect_not_null(strstr(error.text, path), "%s", error.text);
    cr_assert_eq(stat(path, &file), 0);
    cr_expect_eq(file.st_size, size);
    close_scene(&s);
    snprintf(path, sizeof path, "%s/running-%ld", s.path, (long)getpid());
    cr_expect_eq(access(path, F_OK), 0, "what was asked is gone");
    cr_assert_eq(unlink(path), 0);
    open_scene(&s);
    cr_expect_eq(s.cases.count, 1);
    close_scene(&s);
    end(&s);
}
