// A servlet container with the page's filter in it, as Spring Boot registers it.

import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

public final class Spring {
    public static void main(String[] args) throws Exception {
        Tomcat tomcat = new Tomcat();
        String folder = Files.createTempDirectory("twin-spring").toString();
        tomcat.setBaseDir(folder);
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        Context context = tomcat.addContext("", folder);
        Tomcat.addServlet(context, "rest", "org.apache.catalina.servlets.DefaultServlet");
        context.addServletMappingDecoded("/", "rest");
        FilterDef filter = new FilterDef();
        filter.setFilterName("twin");
        filter.setFilter(new TwinFilter());
        context.addFilterDef(filter);
        FilterMap all = new FilterMap();
        all.setFilterName("twin");
        all.addURLPattern("/*");
        context.addFilterMap(all);
        tomcat.start();
        tomcat.getServer().await();
    }
}
