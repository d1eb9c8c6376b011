/*
 * A signed package with a timestamp, for tests.
 */
#include "stamped.h"

#include "base/text.h"

#include <stdio.h>

const fixture_key *stamped_key(void)
{
    static fixture_key key;
    (void)snprintf(key.key, sizeof key.key, "%s", authority_file("signer.key"));
    (void)snprintf(key.cert, sizeof key.cert, "%s", authority_file("signer.pem"));
    return &key;
}

const char *stamped_package(void)
{
    evpack_err err = {0};
    EVPACK_AUTO(pki_signer) signer = fixture_signer(stamped_key());
    raw_package raw;
    raw_default(&raw, signer);
    const char *path = test_path("P.zip");
    raw_write(&raw, path, signer);
    raw_free(&raw);
    bool kept = true;
    OK(timestamp_request(path, NULL, false, &kept, &err));
    ck_assert(!kept);
    return path;
}

const char *stamped_answer(const char *name)
{
    EVPACK_AUTO_VALUE(buf_reset) buf request = {0};
    EVPACK_AUTO_VALUE(buf_reset) buf answer = {0};
    test_read(test_path("P.zip.p7s.tsq"), &request);
    authority_reply(name, "", &request, &answer);
    return test_file("answer.tsr", answer.data, answer.len);
}

evpack_status stamped_attach(const char *answer, bool replace, tsp_stamp *stamp, evpack_err *err)
{
    EVPACK_AUTO(pki_trust) tsa = authority_trust("root.pem");
    timestamp_attaching a = {.package = test_path("P.zip"),
                             .answer = answer,
                             .tsa = tsa,
                             .replace = replace,
                             .now = text_now()};
    return timestamp_attach(&a, stamp, err);
}

int64_t stamped_at(const char *name)
{
    evpack_err err = {0};
    tsp_stamp stamp;
    OK(stamped_attach(stamped_answer(name), true, &stamp, &err));
    return stamp.time;
}
