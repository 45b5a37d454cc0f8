package localcdc.common.cli;

/** Reads {@link LeftOut}. */
public final class LeftOutConverter extends ParsingConverter<LeftOut> {

    public LeftOutConverter() {
        super(LeftOut::parse);
    }
}
